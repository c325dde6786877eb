package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// Stream is a result that comes item by item. send waits until the reader can take more, and fails when it has gone.
type Stream func(ctx context.Context, send func(item any) error) error

const (
	chunkBytes = 64 * 1024
	keepAlive  = 10 * time.Second // whoever has nothing to say says so this often
	silence    = 30 * time.Second // who was silent this long is gone
)

// bytesOf is the stream as it travels: newline-delimited JSON.
func (items Stream) bytesOf(ctx context.Context, write func([]byte) error) error {
	return items(ctx, func(item any) error {
		line, err := json.Marshal(item)
		if err != nil {
			return err
		}
		return write(append(line, '\n'))
	})
}

// offer answers a call with a body that its reader asks for: one that takes its time, or that is larger than a message.
func (c *Call) offer(header nats.Header, source func(context.Context, func([]byte) error) error) error {
	ctx, stop := context.WithCancel(context.Background()) // the answer has begun, so the deadline holds no longer
	defer stop()
	c.service.onCancel(c.ID, stop)

	asks := make(chan *nats.Msg, 64)
	subscription, err := c.service.nc.ChanSubscribe(nats.NewInbox(), asks)
	if err != nil {
		return err
	}
	defer subscription.Unsubscribe()
	header.Set("Fmesh-Stream", subscription.Subject)
	if err := c.msg.RespondMsg(&nats.Msg{Header: header}); err != nil {
		return err
	}

	chunks, finished := make(chan []byte), make(chan error, 1)
	write := func(body []byte) error {
		for ; len(body) > 0; body = body[min(len(body), chunkBytes):] {
			select {
			case chunks <- body[:min(len(body), chunkBytes)]:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	}
	go func() {
		finished <- recovered(func() error { return source(ctx, write) })
	}()
	if err := c.produce(ctx, asks, chunks, finished); err != nil {
		log.Printf("the answer of call %s broke off: %v", c.ID, err)
	}
	return nil
}

// produce sends the chunks as the reader asks for them, until the source has finished or nobody reads.
func (c *Call) produce(ctx context.Context, asks <-chan *nats.Msg, chunks <-chan []byte, finished <-chan error) error {
	reader, credit, sequence, heardAt := "", 0, 0, time.Now()
	send := func(chunk *nats.Msg) error {
		sequence++
		credit -= len(chunk.Data)
		chunk.Subject = reader
		chunk.Header.Set("Fmesh-Seq", strconv.Itoa(sequence))
		return c.service.nc.PublishMsg(chunk)
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		// A channel that is nil is never ready: no chunk without credit, no end before there is a reader.
		var next <-chan []byte
		var end <-chan error
		if credit > 0 {
			next = chunks
		}
		if reader != "" {
			end = finished
		}
		select {
		case ask := <-asks:
			heardAt = time.Now()
			if ask.Header.Get("Fmesh-Cancel") != "" {
				return nil
			}
			if more, err := strconv.Atoi(ask.Header.Get("Fmesh-Credit")); err == nil && more >= 0 {
				reader, credit = ask.Reply, credit+more
			}
		case body := <-next:
			if err := send(&nats.Msg{Data: body, Header: nats.Header{}}); err != nil {
				return err
			}
		case err := <-end:
			if err != nil {
				return send(c.failure(err))
			}
			return send(&nats.Msg{Header: nats.Header{"Fmesh-End": {"1"}}})
		case now := <-alive.C:
			if now.Sub(heardAt) > silence {
				return fmt.Errorf("the reader of a stream fell silent")
			}
			if reader != "" {
				if err := send(&nats.Msg{Header: nats.Header{}}); err != nil {
					return err
				}
			}
		case <-ctx.Done():
			log.Printf("call %s was cancelled", c.ID)
			return nil
		}
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
