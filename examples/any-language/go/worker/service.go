package main

import (
	"context"
	"log"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// Function answers a call with a result or an error.
type Function func(call *Call) (any, error)

// Service is one running instance of a service.
type Service struct {
	nc            *nats.Conn
	project, name string
	functions     []*nats.Subscription
	inFlight      sync.WaitGroup

	mu      sync.Mutex
	cancels map[string]context.CancelFunc // by call id
	stats   []*Stats
}

// Join serves the functions, in the queue group that shares the load with the other instances of the service, in
// whatever language those are written.
func Join(nc *nats.Conn, project, name, version string, functions map[string]Function) (*Service, error) {
	s := &Service{nc: nc, project: project, name: name, cancels: map[string]context.CancelFunc{}}
	// Without a queue group: who gives up cannot know which instance runs the call.
	if _, err := nc.Subscribe("cancel."+project+"."+name, s.cancel); err != nil {
		return nil, err
	}
	for name, function := range functions {
		if err := s.serve(name, function); err != nil {
			return nil, err
		}
	}
	if err := s.announce(version); err != nil {
		return nil, err
	}
	return s, nc.Flush()
}

func (s *Service) serve(name string, function Function) error {
	stats := newStats(name, "fn."+s.project+"."+s.name+"."+name)
	subscription, err := s.nc.QueueSubscribe(stats.Subject, stats.QueueGroup, func(msg *nats.Msg) {
		s.take(msg, function, stats)
	})
	s.functions = append(s.functions, subscription)
	s.stats = append(s.stats, stats)
	return err
}

// take starts a call; the next one does not wait for it.
func (s *Service) take(msg *nats.Msg, function Function, stats *Stats) {
	call, done := s.begin(msg)
	s.inFlight.Add(1)
	go func() {
		defer s.inFlight.Done()
		defer done()
		startedAt := time.Now()
		result, err := call.run(function)
		s.mu.Lock()
		stats.count(time.Since(startedAt), err)
		s.mu.Unlock()
		if call.Err() != context.Canceled { // else nobody waits for the answer
			call.answer(result, err)
		}
	}()
}

// onCancel says how the call ends when its caller has gone away.
func (s *Service) onCancel(id string, cancel context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancels[id] = cancel
}

func (s *Service) cancel(msg *nats.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel, found := s.cancels[msg.Header.Get("Fmesh-Call-Id")]; found {
		cancel()
	}
}

// Drain takes no new calls, finishes those in flight and closes the connection.
func (s *Service) Drain() {
	for _, subscription := range s.functions {
		if err := subscription.Drain(); err != nil {
			log.Print(err)
		}
	}
	for _, subscription := range s.functions {
		for subscription.IsValid() { // until the calls that were on the way are taken
			time.Sleep(10 * time.Millisecond)
		}
	}
	s.inFlight.Wait()
	if err := s.nc.Flush(); err != nil {
		log.Print(err)
	}
	s.nc.Close()
}
