package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// network is the way from the functions to the store: a TCP proxy on which a few
// connections are slow, and a few hang: they stay open, and nothing more arrives.
type network struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	rng   *rand.Rand
	calm  bool
	conns sync.WaitGroup

	slow, hung atomic.Int64
}

// hangs is how long a hanging connection stays open.
const hangs = 3 * time.Second

func startNetwork(storeURL string, seed uint64) (*network, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the network: %w", err)
	}
	n := &network{listener: l, target: strings.TrimPrefix(storeURL, "http://"), rng: rand.New(rand.NewPCG(seed, 11))}
	n.conns.Go(n.accept)
	return n, nil
}

func (n *network) url() string { return "http://" + n.listener.Addr().String() }

// close ends the network. Connections end with their peers, which are stopped first.
func (n *network) close() error { return n.listener.Close() }

// clearFaults lets every connection that is opened from now on be a good one.
func (n *network) clearFaults() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calm = true
}

func (n *network) accept() {
	for {
		c, err := n.listener.Accept()
		if err != nil {
			return // closed
		}
		go n.carry(c, n.fate())
	}
}

// fate is what becomes of a connection.
type fate struct {
	pause time.Duration // before each piece of an answer; 0: none
	hangs int64         // after so many bytes of answers nothing more arrives; 0: never
}

func (n *network) fate() fate {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch p := n.rng.IntN(100); {
	case n.calm || p >= 4:
		return fate{}
	case p < 3:
		n.slow.Add(1)
		return fate{pause: time.Duration(5+n.rng.IntN(100)) * time.Millisecond}
	default:
		n.hung.Add(1)
		return fate{hangs: 1 + n.rng.Int64N(20_000)}
	}
}

// carry copies both ways until either side ends.
func (n *network) carry(client net.Conn, f fate) {
	defer client.Close()
	server, err := net.Dial("tcp", n.target)
	if err != nil {
		return // the store is being killed: the connection breaks
	}
	defer server.Close()

	ended := make(chan struct{}, 2)
	go func() {
		_, _ = io.Copy(server, client) // a broken connection is what is tried here
		ended <- struct{}{}
	}()
	go func() {
		f.copy(client, server)
		ended <- struct{}{}
	}()
	<-ended
}

// copy sends the answers, as slow as the fate wants, and up to where it hangs.
func (f fate) copy(to io.Writer, from io.Reader) {
	if f.hangs > 0 {
		_, _ = io.CopyN(to, from, f.hangs)
		time.Sleep(hangs) // it is the fault itself, not a wait for something
		return
	}
	if f.pause == 0 {
		_, _ = io.Copy(to, from)
		return
	}

	piece := make([]byte, 256)
	for {
		size, err := from.Read(piece)
		time.Sleep(f.pause)
		if _, broken := to.Write(piece[:size]); err != nil || broken != nil {
			return
		}
	}
}
