package ledger

import (
	"encoding/json"
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
