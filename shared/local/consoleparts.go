package local

import (
	"context"
	"io"
	"time"

	"aegis/shared/api"
	"aegis/shared/app"
	"aegis/shared/ledger"
	"aegis/shared/local/console"
	"aegis/shared/local/console/tables"
	"aegis/shared/marketplace"
	"aegis/shared/marketplace/marketapi"
	"aegis/shared/sale"
	"aegis/shared/upstream"
)

// settings are those of the functions as they are now: the clock may have moved.
func (s *Stack) settings(c Config) (app.Settings, error) {
	return app.ReadSettings(s.Describe().Settings(func(name string) string { return c.Settings[name] }))
}

// marketOf is how the console plays the marketplace, and settles dead letters.
func (s *Stack) marketOf(c Config) console.Market {
	return console.Market{
		Secret: MarketSecret, Skus: marketplace.DefaultSkus(),
		Letters: marketplace.NewDeadLetterStore(s.gate, marketplace.Queue, s.clock.now),
		Orders:  func() (*marketplace.OrderProcessor, error) { return s.openOrders(c) },
	}
}

func (s *Stack) openOrders(c Config) (*marketplace.OrderProcessor, error) {
	settings, err := s.settings(c)
	if err != nil {
		return nil, err
	}
	books, err := ledger.New(ledger.Config{Store: s.gate, Clock: s.clock.now, Catalogue: settings.Catalogue})
	if err != nil {
		return nil, err
	}
	return settings.OpenProcessorOn(s.gate, books, io.Discard, marketapi.Open)
}

// tokensOf is how the console shows tokens. Only a reseller's tokens can be unfinished.
func (s *Stack) tokensOf(c Config) console.Tokens {
	tokens := console.Tokens{Store: s.gate}
	if c.seller != nil {
		tokens.Resolve = func(ctx context.Context, t upstream.TokenStatus) (sale.Receipt, error) { return s.resolve(ctx, c, t) }
	}
	return tokens
}

// resolve makes the call of a token again: only the endpoint that it was forwarded to
// knows the outcome.
func (s *Stack) resolve(ctx context.Context, c Config, t upstream.TokenStatus) (sale.Receipt, error) {
	settings, err := s.settings(c)
	if err != nil {
		return sale.Receipt{}, err
	}
	command, err := api.CommandOf(t.Operation, t.Parameters)
	if err != nil {
		return sale.Receipt{}, err
	}
	backend, err := settings.OpenBackend(s.gate)
	if err != nil {
		return sale.Receipt{}, err
	}
	return backend.Sell(ctx, sale.Purchase{Owner: t.Owner, Token: t.Token, Caller: "console", Command: command}, nil)
}

// moveAll moves the clocks of the stack and of the seller behind it.
func (s *Stack) moveAll(c Config) func(time.Duration) error {
	return func(ahead time.Duration) error {
		if c.seller != nil {
			if err := c.seller.moveClock(ahead); err != nil {
				return err
			}
		}
		return s.moveClock(ahead)
	}
}

func (s *Stack) browser() *tables.Browser {
	k := StoreCredentials()
	return tables.New(s.StoreURL, map[string]tables.Credentials{Instance: {AccessKeyID: k.AccessKeyID, AccessKeySecret: k.AccessKeySecret}})
}

// snapshotsOf saves the data of the stack and, after it, of the seller behind it. A sale
// that the seller alone has is answered with the same order when it is forwarded again.
func (s *Stack) snapshotsOf(c Config) console.Snapshots {
	if s.Store == nil {
		return console.Snapshots{}
	}
	save := func(name string) error {
		if _, err := s.Store.Snapshot(name); err != nil || c.seller == nil {
			return err
		}
		_, err := c.seller.Store.Snapshot(name)
		return err
	}
	return console.Snapshots{Dir: c.Data, Save: save, Reopen: c.Reopen}
}

// projectOf is the folder that holds events/.
func projectOf(c Config) (string, error) {
	if c.Project != "" {
		return c.Project, nil
	}
	return ModuleRoot()
}
