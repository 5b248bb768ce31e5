package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// The token row's columns: what was asked for, and what was answered.
const (
	colOperation  = "operation"
	colParameters = "parameters" // JSON object: the command's parameters by name
	colOrder      = "order_id"
	colAt         = "at"
)

// The columns of package upstream, which keeps its reservations in token rows too.
const (
	colState      = "state"
	colFence      = "fence" // of the row: it grows with every reservation
	colUnfinished = "unfinished"

	stateFree = "free"
	stateDone = "done"
)

// taken reports whether a token's row stands for a purchase. A free one does not: the
// ledger has refused the token, or package upstream has freed it because the endpoint
// refused it, so the ledger may sell it.
func taken(row store.Row) bool {
	return row.Exists() && row.String(colState) != stateFree
}

// claim makes the token's row: new, or in place of a free one, if nothing has
// happened to that since it was read.
func claim(row store.Row, insert store.Change) store.Change {
	if !row.Exists() {
		return insert
	}
	columns := append(insert.Columns, store.String(colState, stateDone), store.Int(colFence, row.Int(colFence)+1), store.None(colUnfinished))
	return store.Update(insert.Key, columns, colFence, row.Int(colFence))
}

// errForwarded: package upstream has reserved the token, and its outcome is not
// recorded. Only the endpoint that it was forwarded to knows it.
var errForwarded = errors.New("the token has been forwarded to an endpoint and is unfinished: see admin token show")

// Receipt is the answer to a sale, the first time and every time after.
type Receipt struct {
	OrderID    string
	InstanceID string
	Replayed   bool // the token had been sold before this call
}

func tokenColumns(c sale.Command, o sale.Order) store.Columns {
	return store.Columns{
		store.String(colOperation, c.Operation()), store.String(colParameters, parameters(c)),
		store.String(colOrder, o.ID), store.String(colInstance, o.InstanceID), store.Int(colAt, o.At.UnixMilli()),
	}
}

// parameters are a command's as a token keeps them: a JSON object, the same text for
// the same parameters.
func parameters(c sale.Command) string {
	text := append(make([]byte, 0, 160), '{')
	for i, p := range c.Parameters() {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendJSON(append(appendJSON(text, p.Name), ':'), p.Value)
	}
	return string(append(text, '}'))
}

// appendJSON adds a string. Nearly all are ids and numbers, which need no escape.
func appendJSON(text []byte, s string) []byte {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			quoted, _ := json.Marshal(s) // which cannot fail for a string
			return append(text, quoted...)
		}
	}
	return append(append(append(text, '"'), s...), '"')
}

// replay answers a token that has been sold, if the command is the one that it
// was sold for.
func replay(row store.Row, c sale.Command) (Receipt, error) {
	names, err := differences(row, c)
	if err != nil {
		return Receipt{}, err
	}
	if len(names) > 0 {
		return Receipt{}, &Mismatch{Parameters: names}
	}
	if row.String(colOrder) == "" {
		return Receipt{}, Unavailable(errForwarded)
	}
	return Receipt{OrderID: row.String(colOrder), InstanceID: row.String(colInstance), Replayed: true}, nil
}

// differences names what the command asks otherwise than the token's first call.
func differences(row store.Row, c sale.Command) ([]string, error) {
	if row.String(colOperation) != string(c.Operation()) {
		return []string{"Action"}, nil
	}
	if row.String(colParameters) == parameters(c) {
		return nil, nil
	}
	var first map[string]string
	if err := json.Unmarshal([]byte(row.String(colParameters)), &first); err != nil {
		return nil, fmt.Errorf("read the parameters of a token: %w", err)
	}
	now := byName(c.Parameters())
	var names []string
	for name, value := range now {
		if was, ok := first[name]; !ok || was != value {
			names = append(names, name)
		}
		delete(first, name)
	}
	for name := range first {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

func byName(parameters []sale.Parameter) map[string]string {
	m := make(map[string]string, len(parameters))
	for _, p := range parameters {
		m[p.Name] = p.Value
	}
	return m
}
