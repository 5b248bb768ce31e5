package tokenrow

import (
	"encoding/json"
	"fmt"
	"slices"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// Fingerprint identifies the purchase that a token stands for: the operation, and its
// parameters in their canonical form, a JSON object.
type Fingerprint struct{ Operation, Parameters string }

// FingerprintOf returns the fingerprint of a command.
func FingerprintOf(c sale.Command) Fingerprint {
	text, _ := json.Marshal(byName(c)) // a map of strings cannot fail
	return Fingerprint{string(c.Operation()), string(text)}
}

// ReadFingerprint returns the fingerprint of a row's columns.
func ReadFingerprint(columns store.Columns) Fingerprint {
	return Fingerprint{columns.String(Operation), columns.String(Parameters)}
}

// Columns returns the fingerprint as columns of a token's row.
func (f Fingerprint) Columns() store.Columns {
	return store.Columns{store.String(Operation, f.Operation), store.String(Parameters, f.Parameters)}
}

// ParametersByName returns the parameters by name.
func (f Fingerprint) ParametersByName() (map[string]string, error) {
	var parameters map[string]string
	if err := json.Unmarshal([]byte(f.Parameters), &parameters); err != nil {
		return nil, fmt.Errorf("read the parameters of a token: %w", err)
	}
	return parameters, nil
}

// Check returns a *sale.Mismatch if the command is not the purchase that the
// fingerprint is of.
func (f Fingerprint) Check(c sale.Command) error {
	if f.Operation != string(c.Operation()) {
		return &sale.Mismatch{Parameters: []string{"Action"}}
	}
	asked := FingerprintOf(c)
	if asked == f {
		return nil
	}

	first, err := f.ParametersByName()
	if err != nil {
		return err
	}
	now, err := asked.ParametersByName()
	if err != nil {
		return err
	}
	if names := differences(first, now); len(names) > 0 {
		return &sale.Mismatch{Parameters: names}
	}
	return nil
}

// differences returns the names of the parameters that differ, sorted.
func differences(first, now map[string]string) []string {
	var names []string
	for name, value := range now {
		if was, ok := first[name]; !ok || was != value {
			names = append(names, name)
		}
	}

	for name := range first {
		if _, ok := now[name]; !ok {
			names = append(names, name)
		}
	}

	slices.Sort(names)
	return names
}

func byName(c sale.Command) map[string]string {
	all := c.Parameters()
	m := make(map[string]string, len(all))
	for _, p := range all {
		m[p.Name] = p.Value
	}
	return m
}
