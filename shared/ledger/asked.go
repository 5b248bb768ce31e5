package ledger

import (
	"aegis/shared/sale"
	"aegis/shared/store"
)

// TokenKey returns the key of a token's row; package upstream keeps tokens of sales that
// are made elsewhere.
func TokenKey(owner, token string) store.Key { return keysOf(owner).token(token) }

// Asked are the columns of a token's row that tell what was asked for.
func Asked(c sale.Command) store.Columns {
	return store.Columns{store.String(colOperation, c.Operation()), store.String(colParameters, parameters(c))}
}

// SameAsked returns a *Mismatch if a token's row was asked for something else
// than the command.
func SameAsked(row store.Row, c sale.Command) error {
	names, err := differences(row, c)
	if err == nil && len(names) > 0 {
		err = &Mismatch{Parameters: names}
	}
	return err
}
