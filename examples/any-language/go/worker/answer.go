package main

import (
	"encoding/json"
	"errors"
	"log"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
)

// PublicError is an error that the caller may read. Of any other the caller only learns that the function failed.
type PublicError struct {
	Code    string `json:"code"`   // one of docs/problems.md; function_failed when empty
	Status  int    `json:"status"` // HTTP, 400 to 599
	Message string `json:"detail"`
	Reason  string `json:"reason,omitempty"` // a word for programs
	Data    any    `json:"data,omitempty"`
}

func (e *PublicError) Error() string { return e.Message }

// answer sends the result as JSON, or what went wrong.
func (c *Call) answer(msg *nats.Msg, result any, err error) {
	if err == nil {
		var body []byte
		if body, err = json.Marshal(result); err == nil {
			err = msg.Respond(body)
		}
	}
	if err != nil {
		c.answerError(msg, err)
	}
}

func (c *Call) answerError(msg *nats.Msg, err error) {
	var public *PublicError
	if !errors.As(err, &public) {
		log.Printf("call %s of %s failed: %v", c.ID, msg.Subject, err)
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
	reply := nats.NewMsg(msg.Reply)
	reply.Data = body
	reply.Header.Set("Content-Type", "application/problem+json")
	reply.Header.Set("Nats-Service-Error", strings.Join(strings.Fields(document.Message), " "))
	reply.Header.Set("Nats-Service-Error-Code", strconv.Itoa(document.Status))
	if err := msg.RespondMsg(reply); err != nil {
		log.Print(err)
	}
}

// failureIn reads what a called function says went wrong, to be passed on as it is; nil if nothing did.
func failureIn(reply *nats.Msg) error {
	text := reply.Header.Get("Nats-Service-Error")
	status, err := strconv.Atoi(reply.Header.Get("Nats-Service-Error-Code"))
	if text == "" && err != nil {
		return nil
	}
	failure := &PublicError{}
	if json.Unmarshal(reply.Data, failure) != nil || failure.Code == "" {
		failure = &PublicError{Status: status, Message: text}
	}
	return failure
}
