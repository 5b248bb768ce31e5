package simulation

import (
	"context"
	"strings"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// history is what happened to one owner's account, in order.
type history struct {
	owner   string
	commits []commit // commits[0] is the account as the run found it
}

// commit is one commit that changed the account.
type commit struct {
	account sale.Account // afterwards
	order   string       // "" for a change by the operator
	token   string
	command string // what was sold, as the token's row has it
	at      int64  // the moment of the commit
	by      int    // the number of the actor
	derived bool   // by the marketplace's consumer or the timer, which make the command of the account themselves

	earlier *commit // an order made before it in the same commit: its order, token and command
}

// of returns what a commit sold a token by.
func (p commit) of(token string) commit {
	if p.earlier != nil && p.earlier.token == token {
		return *p.earlier
	}
	return p
}

// deposit is what the operator paid in with a commit, 0 for a sale.
func (b *history) deposit(i int) sale.Fen {
	return b.commits[i].account.Deposited - b.commits[i-1].account.Deposited
}

// sold finds the commit that sold a token.
func (b *history) sold(token string) (i int, ok bool) {
	for i, p := range b.commits {
		if p.of(token).order != "" && p.of(token).token == token {
			return i, true
		}
	}
	return 0, false
}

// paid finds the commit of an operator's deposit; amounts are unique in a run.
func (b *history) paid(amount sale.Fen) (i int, ok bool) {
	for i := 1; i < len(b.commits); i++ {
		if b.deposit(i) == amount {
			return i, true
		}
	}
	return 0, false
}

// enter adds the commit that a commit makes, if it is to an account.
func (w *World) enter(changes []store.Change, by int, derived bool) {
	p := commit{by: by, derived: derived}
	var b *history
	for _, c := range changes {
		item, name, _ := strings.Cut(c.Key.Sort, "/")
		switch item {
		case "account":
			_, owner, _ := strings.Cut(c.Key.Partition, ":")
			b = w.histories[owner]
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
	if p.order == "" && same(b.commits[len(b.commits)-1].account, p.account) {
		return // a refusal's fence
	}

	b.commits = append(b.commits, p)
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
