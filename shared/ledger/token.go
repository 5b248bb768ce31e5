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

func tokenColumns(c sale.Command, o sale.Order) (store.Columns, error) {
	asked, err := parameters(c)
	if err != nil {
		return nil, err
	}
	return store.Columns{
		colOperation: string(c.Operation()), colParameters: asked,
		colOrder: o.ID, colInstance: o.InstanceID, colAt: o.At.UnixMilli(),
	}, nil
}

// parameters are a command's in the form in which a token keeps them.
func parameters(c sale.Command) (string, error) {
	text, err := json.Marshal(byName(c.Parameters()))
	if err != nil {
		return "", fmt.Errorf("encode the parameters of %s: %w", c.Operation(), err)
	}
	return string(text), nil
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
	asked, err := parameters(c)
	if err != nil || row.String(colParameters) == asked {
		return nil, err
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
