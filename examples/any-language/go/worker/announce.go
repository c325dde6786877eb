package main

import (
	"encoding/json"
	"fmt"
	"log"
	"time"

	"github.com/nats-io/nats.go"
)

// Stats counts the calls of a function, as the NATS services protocol (ADR-32) asks for. Times are in nanoseconds.
type Stats struct {
	Name                  string        `json:"name"`
	Subject               string        `json:"subject"`
	QueueGroup            string        `json:"queue_group"`
	NumRequests           int64         `json:"num_requests"`
	NumErrors             int64         `json:"num_errors"`
	LastError             string        `json:"last_error"`
	ProcessingTime        time.Duration `json:"processing_time"`
	AverageProcessingTime time.Duration `json:"average_processing_time"`
}

func newStats(name, subject string) *Stats {
	return &Stats{Name: name, Subject: subject, QueueGroup: "q"}
}

func (s *Stats) count(took time.Duration, err error) {
	s.NumRequests++
	s.ProcessingTime += took
	s.AverageProcessingTime = s.ProcessingTime / time.Duration(s.NumRequests)
	if err != nil {
		s.NumErrors++
		s.LastError = fmt.Sprint(err)
	}
}

// announce answers those who ask who is there: the gateway, the console, `nats micro ls`. nats.go 1.31 and newer do
// this in their package micro; what is written here runs with any version.
func (s *Service) announce(version string) error {
	id, startedAt := randomHex(8), time.Now().UTC()
	answers := map[string]func() map[string]any{
		"PING":  func() map[string]any { return map[string]any{} },
		"INFO":  func() map[string]any { return map[string]any{"description": "", "endpoints": s.endpoints()} },
		"STATS": func() map[string]any { return map[string]any{"started": startedAt, "endpoints": s.stats} },
	}
	types := map[string]string{"PING": "ping_response", "INFO": "info_response", "STATS": "stats_response"}
	for verb, answer := range answers {
		verb, answer := verb, answer
		reply := func(msg *nats.Msg) {
			s.mu.Lock()
			document := answer()
			document["type"] = "io.nats.micro.v1." + types[verb]
			document["name"], document["id"], document["version"] = s.name, id, version
			document["metadata"] = map[string]string{"project": s.project}
			body, err := json.Marshal(document)
			s.mu.Unlock()
			if err == nil {
				err = msg.Respond(body)
			}
			if err != nil {
				log.Print(err)
			}
		}
		for _, subject := range []string{"$SRV." + verb, "$SRV." + verb + "." + s.name, "$SRV." + verb + "." + s.name + "." + id} {
			if _, err := s.nc.Subscribe(subject, reply); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) endpoints() []map[string]any {
	endpoints := []map[string]any{}
	for _, stats := range s.stats {
		endpoints = append(endpoints, map[string]any{
			"name": stats.Name, "subject": stats.Subject, "queue_group": stats.QueueGroup, "metadata": map[string]string{},
		})
	}
	return endpoints
}
