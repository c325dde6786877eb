package main

import (
	"context"
	"errors"
	"log"
	"strconv"

	"github.com/nats-io/nats.go"
)

const windowBytes = 256 * 1024

// bodyOf is the body of a call or reply, which is asked for where it is offered if it is too large for a message.
func (s *Service) bodyOf(ctx context.Context, msg *nats.Msg) ([]byte, error) {
	subject := msg.Header.Get("Fmesh-Stream")
	if subject == "" {
		return msg.Data, nil
	}
	chunks, err := s.nc.SubscribeSync(nats.NewInbox())
	if err != nil {
		return nil, err
	}
	defer chunks.Unsubscribe()
	ask := func(header, value string) error {
		return s.nc.PublishMsg(&nats.Msg{Subject: subject, Reply: chunks.Subject, Header: nats.Header{header: {value}}})
	}
	if err := ask("Fmesh-Credit", strconv.Itoa(windowBytes)); err != nil {
		return nil, err
	}
	var body []byte
	for sequence := 1; ; sequence++ {
		chunk, err := chunks.NextMsgWithContext(ctx)
		if err != nil {
			if err := ask("Fmesh-Cancel", "1"); err != nil {
				log.Print(err)
			}
			return nil, err
		}
		if failure := failureIn(chunk); failure != nil {
			return nil, failure
		}
		if chunk.Header.Get("Fmesh-Seq") != strconv.Itoa(sequence) {
			return nil, errors.New("a part of the body did not arrive")
		}
		body = append(body, chunk.Data...)
		if chunk.Header.Get("Fmesh-End") != "" {
			return body, nil
		}
		if err := ask("Fmesh-Credit", strconv.Itoa(len(chunk.Data))); err != nil {
			return nil, err
		}
	}
}
