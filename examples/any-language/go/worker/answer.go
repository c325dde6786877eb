package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
)

// headerRoom is what a message's headers may take beside its body.
const headerRoom = 16 * 1024

// PublicError is an error that the caller may read. Of any other the caller only learns that the function failed.
type PublicError struct {
	Code    string `json:"code"`   // one of docs/problems.md; function_failed when empty
	Status  int    `json:"status"` // HTTP, 400 to 599
	Message string `json:"detail"`
	Reason  string `json:"reason,omitempty"` // a word for programs
	Data    any    `json:"data,omitempty"`
}

func (e *PublicError) Error() string { return e.Message }

// answer sends the result, or what went wrong.
func (c *Call) answer(result any, err error) {
	if err == nil {
		err = c.answerResult(result)
	}
	if err == nil {
		return
	}
	if err := c.msg.RespondMsg(c.failure(err)); err != nil {
		log.Print(err)
	}
}

func (c *Call) answerResult(result any) error {
	if stream, isStream := result.(Stream); isStream {
		return c.offer(nats.Header{"Content-Type": {"application/x-ndjson"}}, stream.bytesOf)
	}
	if result == nil {
		return c.msg.Respond(nil)
	}
	body, err := json.Marshal(result)
	if err != nil {
		return err
	}
	if len(body) <= int(c.service.nc.MaxPayload())-headerRoom {
		return c.msg.Respond(body)
	}
	header := nats.Header{"Fmesh-Length": {strconv.Itoa(len(body))}}
	return c.offer(header, func(_ context.Context, write func([]byte) error) error { return write(body) })
}

// failure is the message that says what went wrong.
func (c *Call) failure(err error) *nats.Msg {
	var public *PublicError
	if errors.Is(err, context.DeadlineExceeded) {
		public = &PublicError{Code: "deadline_exceeded", Status: 504, Message: "the caller's time ran out"}
	} else if !errors.As(err, &public) {
		log.Printf("call %s of %s failed: %v", c.ID, c.msg.Subject, err)
		public = &PublicError{Status: 500, Message: "the function failed; its log has the details"}
	}
	document := *public
	if document.Code == "" {
		document.Code = "function_failed"
	}
	body, err := json.Marshal(document)
	if err != nil {
		log.Print(err)
		body = nil // the headers say enough
	}
	return &nats.Msg{Data: body, Header: nats.Header{
		"Content-Type":            {"application/problem+json"},
		"Nats-Service-Error":      {strings.Join(strings.Fields(document.Message), " ")},
		"Nats-Service-Error-Code": {strconv.Itoa(document.Status)},
	}}
}

// failureIn reads what a called function says went wrong, to be passed on as it is; nil if nothing did.
func failureIn(reply *nats.Msg) error {
	text := reply.Header.Get("Nats-Service-Error")
	status, err := strconv.Atoi(reply.Header.Get("Nats-Service-Error-Code"))
	if text == "" && err != nil {
		return nil
	}
	failure := &PublicError{Status: status, Message: text}
	if problem := (PublicError{}); json.Unmarshal(reply.Data, &problem) == nil && problem.Code != "" && problem.Status != 0 {
		failure = &problem
	}
	return failure
}
