// Sends events with go-lumber, the client that Beats are built on, and prints how many were acknowledged.
//
// usage: sender ADDRESS EVENTS BATCH PIPELINE COMPRESSION [CA CERT KEY]
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	v2 "github.com/elastic/go-lumber/client/v2"
)

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}

func dial(network, address string) (net.Conn, error) {
	if len(os.Args) < 9 {
		return net.DialTimeout(network, address, 10*time.Second)
	}
	authority, err := os.ReadFile(os.Args[6])
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	own, err := tls.LoadX509KeyPair(os.Args[7], os.Args[8])
	if err != nil {
		return nil, err
	}
	return tls.Dial(network, address, &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}})
}

func main() {
	address := os.Args[1]
	events, batch, pipeline := number(os.Args[2]), number(os.Args[3]), number(os.Args[4])
	options := []v2.Option{v2.CompressionLevel(number(os.Args[5])), v2.Timeout(20 * time.Second)}

	var batches [][]interface{}
	for start := 0; start < events; start += batch {
		var one []interface{}
		for n := start; n < events && n < start+batch; n++ {
			one = append(one, map[string]interface{}{
				"@timestamp": "2026-03-01T10:00:00.000Z",
				"message":    fmt.Sprintf("event %d", n),
				"agent":      map[string]string{"type": "filebeat", "name": "web-1.example.org"},
			})
		}
		batches = append(batches, one)
	}

	var acknowledged int64
	if pipeline == 0 {
		client, err := v2.SyncDialWith(dial, address, options...)
		if err != nil {
			panic(err)
		}
		for _, one := range batches {
			count, err := client.Send(one)
			acknowledged += int64(count)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				break
			}
		}
		client.Close()
	} else {
		client, err := v2.AsyncDialWith(dial, address, pipeline, options...)
		if err != nil {
			panic(err)
		}
		var wait sync.WaitGroup
		for _, one := range batches {
			wait.Add(1)
			err := client.Send(func(count uint32, err error) {
				atomic.AddInt64(&acknowledged, int64(count))
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
				}
				wait.Done()
			}, one)
			if err != nil {
				panic(err)
			}
		}
		wait.Wait()
		client.Close()
	}
	fmt.Println(acknowledged)
}
