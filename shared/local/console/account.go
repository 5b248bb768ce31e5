package console

import (
	"context"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/sale"
)

// accountPage is one account.
type accountPage struct {
	accountRow
	Instance *instance `json:"instance"`
	Released int       `json:"released"` // former instances
	Orders   []order   `json:"orders"`   // newest first
	More     bool      `json:"more"`     // there are older ones, and the sums lack them
	Channels []channel `json:"channels"`
	Findings []string  `json:"findings"` // what does not add up, none if the books are right
}

type instance struct {
	ID          string    `json:"id"`
	Channel     string    `json:"channel"`
	VersionCode int       `json:"versionCode"`
	VmNumber    int       `json:"vmNumber"`
	Created     time.Time `json:"created"`
	Expires     time.Time `json:"expires"`
	AutoRenew   int       `json:"autoRenew"` // months; 0: it is not renewed automatically
	NextRenewal time.Time `json:"nextRenewal"`
	ReleaseAt   time.Time `json:"releaseAt"` // by the timer, unless it is renewed
}

func (s *console) instanceOf(a sale.Account) *instance {
	i := a.Instance
	if i == nil {
		return nil
	}
	return &instance{
		ID: i.ID, Channel: string(i.Channel), VersionCode: i.VersionCode, VmNumber: i.VmNumber, Created: i.Created, Expires: i.Period.End(),
		AutoRenew: i.AutoRenewMonths, NextRenewal: i.NextRenewal(), ReleaseAt: i.Period.End().Add(sale.DefaultReleaseAfter),
	}
}

type order struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	Operation string    `json:"operation"`
	Channel   string    `json:"channel"`
	Amount    int64     `json:"amount"`
	Credit    int64     `json:"credit"`
	Expires   time.Time `json:"expires"`
	Token     string    `json:"token"`
	Reason    string    `json:"reason"`
	Version   int       `json:"versionCode"`
	VmNumber  int       `json:"vmNumber"`
	Instance  string    `json:"instance"`
}

// maxOrders bounds a page's orders.
const maxOrders = 5000

func (s *console) orders(ctx context.Context, owner string) (all []order, more bool, err error) {
	for start := ""; ; {
		page, next, err := s.Ledger.Orders(ctx, owner, start, 1000)
		if err != nil {
			return nil, false, err
		}
		for _, o := range page {
			all = append(all, orderOf(o))
		}
		if start = next; next == "" || len(all) >= maxOrders {
			return all, next != "", nil
		}
	}
}

func orderOf(o ledger.Order) order {
	return order{
		ID: o.ID, At: o.At, Operation: string(o.Operation), Channel: string(o.Channel), Amount: int64(o.Amount), Credit: int64(o.Credit),
		Expires: o.Expires, Token: o.Token, Reason: o.Reason, Version: o.VersionCode, VmNumber: o.VmNumber, Instance: o.InstanceID,
	}
}

// channel sums the orders of a channel. Right is that it moved money only as it may.
type channel struct {
	Name   string `json:"name"`
	Orders int    `json:"orders"`
	Credit int64  `json:"credit"`
	Amount int64  `json:"amount"`
	Right  bool   `json:"right"`
}

func channelsOf(orders []order) []channel {
	all := []channel{{Name: string(sale.API)}, {Name: string(sale.Market)}, {Name: string(sale.Timer)}, {Name: string(sale.Operator)}}
	for i := range all {
		c := &all[i]
		for _, o := range orders {
			if o.Channel == c.Name {
				c.Orders++
				c.Credit += o.Credit
				c.Amount += o.Amount
			}
		}
		c.Right = c.may()
	}
	return all
}

// may reports whether a channel moved money only as it may: the API and the timer charge,
// operators pay in, and orders of the marketplace were paid there.
func (c channel) may() bool {
	switch sale.Channel(c.Name) {
	case sale.Operator:
		return c.Amount == 0
	case sale.Market:
		return c.Amount == 0 && c.Credit == 0
	}
	return c.Credit == 0 && c.Amount >= 0
}

// findings judges an owner's books by the laws.
func (s *console) findings(ctx context.Context, owner string) (all []string, err error) {
	wrong, err := s.Ledger.Audit(ctx, owner, s.Catalogue.MonthlyPrices())
	for _, w := range wrong {
		all = append(all, w.Error())
	}
	return all, err
}
