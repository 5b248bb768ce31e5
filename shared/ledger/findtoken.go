package ledger

import (
	"context"
	"fmt"
	"time"

	"aegis/shared/sale"
	"aegis/shared/tokenrow"
)

// Token is what became of a ClientToken.
type Token struct {
	Token      string
	Operation  sale.Operation
	Parameters map[string]string // of the call that was sold
	OrderID    string
	InstanceID string
	At         time.Time
}

// FindToken returns what became of an owner's token; ErrNoToken if it was not sold.
func (l *Ledger) FindToken(ctx context.Context, owner, token string) (Token, error) {
	rows, err := l.store.Read(ctx, tokenrow.Key(owner, token))
	if err != nil {
		return Token{}, fmt.Errorf("look up a token of owner %s: %w", owner, err)
	}
	row := rows[0]
	if !row.Exists() || row.String(tokenrow.Order) == "" {
		return Token{}, sale.ErrNoToken
	}

	sold := tokenrow.ReadFingerprint(row.Columns)
	parameters, err := sold.ParametersByName()
	if err != nil {
		return Token{}, fmt.Errorf("read a token of owner %s: %w", owner, err)
	}
	return Token{
		Token: token, Operation: sale.Operation(sold.Operation), Parameters: parameters,
		OrderID: row.String(tokenrow.Order), InstanceID: row.String(tokenrow.Instance), At: time.UnixMilli(row.Int(tokenrow.At)),
	}, nil
}
