// The smallest worker of a Functions Mesh in Go: one function, on nats.go alone.
package main

import (
	"encoding/json"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/nats-io/nats.go"
)

func main() {
	closed := make(chan struct{})
	nc, err := nats.Connect(os.Getenv("NATS_URL"), nats.MaxReconnects(-1),
		nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := nc.QueueSubscribe("fn."+os.Getenv("FMESH_PROJECT")+".greeter.greet", "q", greet); err != nil {
		log.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		log.Fatal(err)
	}

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	log.Print("service is up")
	<-stop
	if err := nc.Drain(); err != nil { // takes no new calls, finishes those that came
		log.Fatal(err)
	}
	<-closed
}

func greet(call *nats.Msg) {
	var params struct {
		Name string `json:"name"`
	}
	var claims struct {
		ID string `json:"id"`
	}
	reply := nats.NewMsg(call.Reply)
	if json.Unmarshal(call.Data, &params) != nil || params.Name == "" {
		reply.Header.Set("Nats-Service-Error", "whom shall I greet?")
		reply.Header.Set("Nats-Service-Error-Code", "422")
	} else if err := json.Unmarshal([]byte(call.Header.Get("Fmesh-Claims")), &claims); err != nil {
		reply.Header.Set("Nats-Service-Error", "the call says nothing about its caller")
		reply.Header.Set("Nats-Service-Error-Code", "400")
	} else {
		reply.Data, _ = json.Marshal(map[string]string{"greeting": "Hello, " + params.Name, "for": claims.ID})
	}
	if err := call.RespondMsg(reply); err != nil {
		log.Print(err)
	}
}
