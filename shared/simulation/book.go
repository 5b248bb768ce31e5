package simulation

import (
	"context"
	"strings"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// book is what happened to one owner's account: a page for each commit.
type book struct {
	owner string
	pages []page // pages[0] is the account as the run found it
}

// page is one commit that changed something.
type page struct {
	account sale.Account // afterwards
	order   string       // "" for a change by the operator
	token   string
	command string // what was sold, as the token's row has it
	at      int64  // the moment of the commit
	by      int    // the number of the actor
	derived bool   // by the marketplace's consumer or the timer, which make the command of the account themselves

	earlier *page // an order made before it in the same commit: its order, token and command
}

// of returns what a page sold a token by.
func (p page) of(token string) page {
	if p.earlier != nil && p.earlier.token == token {
		return *p.earlier
	}
	return p
}

// deposit is what the operator paid in with a page, 0 for a sale.
func (b *book) deposit(i int) sale.Fen {
	return b.pages[i].account.Deposited - b.pages[i-1].account.Deposited
}

// sold finds the page that sold a token.
func (b *book) sold(token string) (i int, ok bool) {
	for i, p := range b.pages {
		if p.of(token).order != "" && p.of(token).token == token {
			return i, true
		}
	}
	return 0, false
}

// paid finds the page of an operator's deposit; amounts are unique in a run.
func (b *book) paid(amount sale.Fen) (i int, ok bool) {
	for i := 1; i < len(b.pages); i++ {
		if b.deposit(i) == amount {
			return i, true
		}
	}
	return 0, false
}

// enter adds the page that a commit makes, if it is to an account.
func (w *World) enter(changes []store.Change, by int, derived bool) {
	p := page{by: by, derived: derived}
	var b *book
	for _, c := range changes {
		item, name, _ := strings.Cut(c.Key.Sort, "/")
		switch item {
		case "account":
			_, owner, _ := strings.Cut(c.Key.Partition, ":")
			b = w.books[owner]
		case "order":
			if p.order != "" {
				first := p
				p.earlier = &first
			}
			if c.Columns.Int("credit") == 0 {
				p.order = name
			}
			if channel := sale.Channel(c.Columns.String("channel")); channel == sale.Timer {
				w.touch(c.Columns.String("instance_id"), channel)
			}
		case "token":
			p.token = name
			p.command = asked(c.Columns)
		}
	}

	if b == nil {
		return
	}
	p.account, p.at = w.account(b.owner), w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.order == "" && same(b.pages[len(b.pages)-1].account, p.account) {
		return // a refusal's fence
	}

	b.pages = append(b.pages, p)
}

func (w *World) catalogueOf(number int) sale.Catalogue { return w.catalogues[number%len(w.catalogues)] }

// account reads an account as it is now, past the gate.
func (w *World) account(owner string) sale.Account {
	a, err := w.reader.Account(context.Background(), owner)
	if err != nil {
		panic("read account " + owner + ": " + err.Error()) // the run cannot be judged
	}
	return a
}

// openLedger opens the ledger as the actor with a number has it.
func (w *World) openLedger(number int, c ledger.Config) *ledger.Ledger {
	c.Catalogue = w.catalogueOf(number)
	l, err := ledger.New(c)
	if err != nil {
		panic(err) // it has a gate
	}
	return l
}
