package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Call is one call of a function: what the caller said, and a context that is done when its time is over or it has
// gone away.
type Call struct {
	context.Context
	ID      string
	Claims  map[string]any // of the caller's token; empty without one
	Header  nats.Header
	Body    []byte
	msg     *nats.Msg
	service *Service
}

func (s *Service) begin(msg *nats.Msg) (*Call, func()) {
	deadline := time.Now().Add(10 * time.Second) // for a caller that does not say
	if ms, err := strconv.ParseInt(msg.Header.Get("Fmesh-Deadline"), 10, 64); err == nil {
		deadline = time.UnixMilli(ms)
	}
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	call := &Call{Context: ctx, ID: msg.Header.Get("Fmesh-Call-Id"), Header: msg.Header, msg: msg, service: s}
	s.onCancel(call.ID, cancel)
	return call, func() {
		s.mu.Lock()
		delete(s.cancels, call.ID)
		s.mu.Unlock()
		cancel()
	}
}

// run calls the function, unless the caller waits no more.
func (c *Call) run(function Function) (result any, err error) {
	if c.Err() != nil {
		return nil, c.Err()
	}
	if claims := c.Header.Get("Fmesh-Claims"); claims != "" {
		if err := json.Unmarshal([]byte(claims), &c.Claims); err != nil {
			return nil, &PublicError{Code: "invalid_request", Status: 400, Message: "header Fmesh-Claims is not a JSON object"}
		}
	}
	if c.Body, err = c.service.bodyOf(c, c.msg); err != nil {
		return nil, err
	}
	err = recovered(func() error {
		result, err = function(c)
		return err
	})
	return result, err
}

// recovered makes an error out of a panic: it ends one call, not the worker.
func recovered(run func() error) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("panic: %v", thrown)
		}
	}()
	return run()
}

// Params reads the body, which is JSON.
func (c *Call) Params(into any) error {
	if err := json.Unmarshal(c.Body, into); err != nil {
		return &PublicError{Code: "invalid_request", Status: 400, Message: "the body is not what this function takes: " + err.Error()}
	}
	return nil
}

// Call calls another function of the project, in the name of the same caller and in the time that is left.
func (c *Call) Call(service, function string, params, result any) error {
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	request := nats.NewMsg("fn." + c.service.project + "." + service + "." + function)
	request.Data = body
	for _, name := range []string{"Fmesh-Claims", "X-Request-Id", "tracestate", "baggage"} {
		if value := c.Header.Get(name); value != "" {
			request.Header.Set(name, value)
		}
	}
	deadline, _ := c.Deadline()
	id := randomHex(16)
	request.Header.Set("Fmesh-Call-Id", id)
	request.Header.Set("Fmesh-Deadline", strconv.FormatInt(deadline.UnixMilli(), 10))
	if parent := strings.Split(c.Header.Get("traceparent"), "-"); len(parent) == 4 {
		request.Header.Set("traceparent", "00-"+parent[1]+"-"+randomHex(8)+"-"+parent[3])
	}

	reply, err := c.service.nc.RequestMsgWithContext(c, request)
	if c.Err() != nil {
		c.service.giveUp(service, id)
		return c.Err()
	}
	if err != nil {
		return fmt.Errorf("calling %s.%s: %w", service, function, err)
	}
	if failure := failureIn(reply); failure != nil {
		return failure
	}
	if reply.Data, err = c.service.bodyOf(c, reply); err != nil {
		return err
	}
	return json.Unmarshal(reply.Data, result)
}

// giveUp tells the instances of a service that nobody waits for a call any more.
func (s *Service) giveUp(service, id string) {
	msg := nats.NewMsg("cancel." + s.project + "." + service)
	msg.Header.Set("Fmesh-Call-Id", id)
	if err := s.nc.PublishMsg(msg); err != nil {
		log.Print(err)
	}
}

func randomHex(bytes int) string {
	random := make([]byte, bytes)
	if _, err := rand.Read(random); err != nil {
		panic(err)
	}
	return hex.EncodeToString(random)
}
