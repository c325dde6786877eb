// A worker of a Functions Mesh in Go that does all that one can. It needs nats.go and the files beside this one.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
)

func main() {
	nc, err := nats.Connect(os.Getenv("NATS_URL"), nats.Name("greeter"), nats.MaxReconnects(-1))
	if err != nil {
		log.Fatal(err)
	}
	service, err := Join(nc, os.Getenv("FMESH_PROJECT"), "greeter", "1.0.0", map[string]Function{
		"greet": greet,
		"quote": quote,
		"brew":  brew,
		"count": count,
		"paint": paint,
	})
	if err != nil {
		log.Fatal(err)
	}

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	log.Print("service is up")
	<-stop
	log.Print("draining")
	service.Drain()
}

// greet shows who calls, and an error that the caller may read.
func greet(call *Call) (any, error) {
	var params struct {
		Name string `json:"name"`
	}
	if err := call.Params(&params); err != nil {
		return nil, err
	}
	if params.Name == "" {
		return nil, &PublicError{
			Status: 422, Message: "whom shall I greet?", Reason: "name_missing", Data: map[string]string{"field": "name"},
		}
	}
	return map[string]any{"greeting": "Hello, " + params.Name, "for": call.Claims["id"], "from": "go"}, nil
}

// quote calls another service, whatever that is written in.
func quote(call *Call) (any, error) {
	var params, price any
	if err := call.Params(&params); err != nil {
		return nil, err
	}
	if err := call.Call("catalog", "price", params, &price); err != nil {
		return nil, err
	}
	return map[string]any{"price": price}, nil
}

// brew takes its time, unless nobody waits for it any more.
func brew(call *Call) (any, error) {
	var params struct {
		Ms time.Duration `json:"ms"`
	}
	if err := call.Params(&params); err != nil {
		return nil, err
	}
	log.Print("brewing")
	select {
	case <-time.After(params.Ms * time.Millisecond):
		return "tea", nil
	case <-call.Done():
		log.Printf("brewing ended: %v", call.Err())
		return nil, call.Err()
	}
}

// count streams its result: each number as soon as there is one, and no faster than they are read.
func count(call *Call) (any, error) {
	var params struct {
		To     int `json:"to"`
		FailAt int `json:"failAt"`
	}
	if err := call.Params(&params); err != nil {
		return nil, err
	}
	return Stream(func(ctx context.Context, send func(item any) error) error {
		for number := 1; number <= params.To; number++ {
			if number == params.FailAt {
				return &PublicError{Status: 422, Message: "no further", Reason: "unlucky_number"}
			}
			if err := send(number); err != nil {
				log.Printf("counting ended at %d: %v", number, err)
				return err
			}
		}
		return nil
	}), nil
}

// paint answers with more than a message may hold.
func paint(call *Call) (any, error) {
	return strings.Repeat("blue ", 1_000_000), nil
}
