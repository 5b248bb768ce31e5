package console

import "net/http"

// books are the sums over all accounts.
type books struct {
	Accounts int      `json:"accounts"`
	PaidIn   int64    `json:"paidIn"`
	Balance  int64    `json:"balance"`
	Charged  int64    `json:"charged"` // Σ orders
	More     bool     `json:"more"`    // there are more accounts than were read
	Findings []string `json:"findings"`
}

// maxBooks bounds what one look audits.
const maxBooks = 500

// books audits the accounts: paid in − balance = Σ orders, and every law.
func (s *console) books(r *http.Request) (any, error) {
	var b books
	err := s.eachOwner(r.Context(), func(owner string) (bool, error) {
		if b.More = b.Accounts == maxBooks; b.More {
			return false, nil
		}
		return true, s.addTo(r, &b, owner)
	})
	return b, err
}

func (s *console) addTo(r *http.Request, b *books, owner string) error {
	a, err := s.Ledger.Account(r.Context(), owner)
	if err != nil {
		return err
	}
	orders, _, err := s.orders(r.Context(), owner)
	if err != nil {
		return err
	}
	findings, err := s.findings(r.Context(), owner)
	if err != nil {
		return err
	}

	b.Accounts++
	b.PaidIn += int64(a.Deposited)
	b.Balance += int64(a.Balance)
	for _, o := range orders {
		b.Charged += o.Amount
	}
	for _, f := range findings {
		b.Findings = append(b.Findings, owner+": "+f)
	}
	return nil
}
