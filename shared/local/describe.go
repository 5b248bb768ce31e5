package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aegis/shared/local/console"
	"aegis/shared/operations/reference"
)

// DescriptionFile is the file in the data folder that says where the stack is. It is
// there while the stack runs; one that was killed leaves it behind.
const DescriptionFile = "stack.json"

// DescriptionPath is the gateway's route that answers the same as the file.
const DescriptionPath = "/stack"

// ErrNoStack: no stack answers where one was looked for.
var ErrNoStack = errors.New("no stack answers")

// Description says where a running stack is and what opens it. All of it is public
// knowledge on this machine.
type Description struct {
	PID         int         `json:"pid"`
	Gateway     string      `json:"gateway"`
	Tablestore  string      `json:"tablestore"`
	Instance    string      `json:"instance"` // of the Tablestore
	Marketplace string      `json:"marketplace,omitempty"`
	Console     string      `json:"console,omitempty"`  // link that opens it; GET /stack leaves out the token in its fragment
	Upstream    string      `json:"upstream,omitempty"` // gateway of the stack that sales are forwarded to
	ClockOffset string      `json:"clockOffset"`
	Keys        []PublicKey `json:"keys"`
}

// PublicKey is a key of every local stack.
type PublicKey struct {
	ID      string `json:"id"`
	Secret  string `json:"secret"`
	ActsFor string `json:"actsFor"`
}

// Describe describes the stack as it is now.
func (s *Stack) Describe() Description {
	owners := ResellersOwners()
	resellers := owners[0] + " to " + owners[len(owners)-1]
	return Description{
		PID: os.Getpid(), Gateway: s.URL, Tablestore: s.StoreURL, Instance: Instance,
		Marketplace: s.MarketURL, Console: s.ConsoleURL(), Upstream: s.upstream, ClockOffset: s.clock.offset().String(),
		Keys: []PublicKey{
			{OwnerKey, OwnerSecret, Owner},
			{ResellerKey, ResellerSecret, resellers},
			{FinanceKey, FinanceSecret, Owner + ", " + resellers},
		},
	}
}

// describe writes the description, which goes when the stack closes, before anything
// else does.
func (s *Stack) describe() error {
	if s.described == "" {
		return nil
	}
	if err := s.Describe().write(s.described); err != nil {
		return fmt.Errorf("say where the stack is: %w", err)
	}
	s.closers = append(s.closers, s.forget)
	return nil
}

// forget removes the description, unless another stack has put its own there.
func (s *Stack) forget() error {
	d, err := ReadDescription(s.described)
	if err != nil || d.Gateway != s.URL || d.PID != os.Getpid() {
		return nil // it is not ours
	}
	return os.Remove(filepath.Join(s.described, DescriptionFile))
}

// write replaces the file at once, so that no reader sees half of it.
func (d Description) write(folder string) error {
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}

	draft, err := os.CreateTemp(folder, DescriptionFile+".*")
	if err != nil {
		return err
	}

	_, err = draft.Write(append(text, '\n'))
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), filepath.Join(folder, DescriptionFile))
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}

	return nil
}

// ReadDescription reads the description in a data folder. fs.ErrNotExist: no stack
// runs on it.
func ReadDescription(folder string) (d Description, err error) {
	path := filepath.Join(folder, DescriptionFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, fmt.Errorf("read %s: %w", path, err)
	}
	return d, nil
}

// FetchDescription asks a gateway for the description of its stack. The error wraps
// ErrNoStack if nothing answers, or something else does.
func FetchDescription(ctx context.Context, gateway string) (d Description, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, gateway+DescriptionPath, nil)
	if err != nil {
		return d, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return d, fmt.Errorf("%w at %s", ErrNoStack, gateway)
	}
	defer answer.Body.Close()

	err = json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&d)
	if answer.StatusCode != http.StatusOK || err != nil || d.Gateway == "" {
		return d, fmt.Errorf("%w at %s", ErrNoStack, gateway)
	}
	return d, nil
}

// Settings are a function's settings on this stack. What the stack does not set comes
// from getenv; an offset of the clock that getenv names wins.
func (d Description) Settings(getenv func(string) string) func(string) string {
	here := defaultsOf(d.Tablestore)
	here["MARKET_QUEUE"] = d.Gateway + queuePath
	here["ERROR_PAGES"] = d.errorPages()
	if getenv("CLOCK_OFFSET") == "" {
		here["CLOCK_OFFSET"] = d.ClockOffset
	}
	if d.Marketplace != "" {
		here["MARKET_ENDPOINT"] = d.Marketplace
		here["MARKET_ACCESS_KEY_ID"] = VendorKey
		here["MARKET_ACCESS_KEY_SECRET"] = VendorSecret
	}
	if d.Upstream != "" {
		for name, value := range forwardTo(d.Upstream) {
			here[name] = value
		}
	}

	return settingsOf(here, getenv)
}

// errorPages is where answers send readers for what a code means.
func (d Description) errorPages() string {
	if d.Console == "" {
		return d.Gateway + reference.ErrorPath
	}
	page, _, _ := strings.Cut(d.Console, "/#")
	return page + console.ErrorPath
}

// serveDescription answers where the stack is. The token of the console is in the file
// alone, which only its user can read.
func (s *Stack) serveDescription(w http.ResponseWriter, _ *http.Request) {
	d := s.Describe()
	d.Console = s.page.url
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(d) // the caller has gone: nothing can be done
}
