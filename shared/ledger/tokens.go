package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"aegis/shared/sale"
)

// ErrNoToken: the token has not been sold. It may still be, by a call under way.
var ErrNoToken = errors.New("the token has not been sold")

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
	rows, err := l.gate.Read(ctx, keysOf(owner).token(token))
	if err != nil {
		return Token{}, fmt.Errorf("look up a token of owner %s: %w", owner, err)
	}
	row := rows[0]
	if !row.Exists() || row.String(colOrder) == "" {
		return Token{}, ErrNoToken
	}
	t := Token{
		Token: token, Operation: sale.Operation(row.String(colOperation)),
		OrderID: row.String(colOrder), InstanceID: row.String(colInstance), At: time.UnixMilli(row.Int(colAt)),
	}
	if err := json.Unmarshal([]byte(row.String(colParameters)), &t.Parameters); err != nil {
		return Token{}, fmt.Errorf("read a token of owner %s: %w", owner, err)
	}
	return t, nil
}
