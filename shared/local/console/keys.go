package console

import (
	"context"
	"net/http"
	"strings"

	"aegis/shared/access"
	"aegis/shared/store"
)

// key is an access key for the pickers. The secret stays here.
type key struct {
	ID         string   `json:"id"`
	Owner      string   `json:"owner"`
	Reseller   bool     `json:"reseller"`
	Disabled   bool     `json:"disabled"`
	Operations []string `json:"operations"` // granted by name
	Owners     []string `json:"owners"`     // that it may act for, its own first
}

// maxKeys bounds the picker.
const maxKeys = 200

// keys answers the keys that calls can be signed with.
func (s *console) keys(r *http.Request) (any, error) {
	ids, err := s.keyIDs(r.Context())
	if err != nil {
		return nil, err
	}
	shown := make([]key, 0, len(ids))
	for _, id := range ids {
		k, err := s.key(r.Context(), id)
		if err != nil {
			return nil, err
		}
		shown = append(shown, k)
	}
	return shown, nil
}

func (s *console) key(ctx context.Context, id string) (key, error) {
	k, err := s.Keys.Find(ctx, id)
	if err != nil {
		return key{}, err
	}
	shown := key{ID: k.ID, Owner: k.Owner, Reseller: k.Reseller, Disabled: k.Disabled, Operations: k.Operations}
	if k.Owner != "" {
		shown.Owners = []string{k.Owner}
	}
	granted, err := s.Keys.Grants(ctx, id)
	shown.Owners = append(shown.Owners, granted...)
	return shown, err
}

// keyIDs lists the first keys in the order of the table. A row of a grant has the key's
// partition and follows the key's own row.
func (s *console) keyIDs(ctx context.Context) (ids []string, err error) {
	for start := (store.Key{}); len(ids) < maxKeys; {
		rows, next, err := s.KeyStore.Scan(ctx, access.Keys(), start, 1000)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if id, ok := access.KeyOf(row.Key); ok {
				ids = append(ids, id)
			}
		}
		if start = next; next.Table.Name == "" {
			break
		}
	}
	return ids[:min(len(ids), maxKeys)], nil
}

// masked replaces what nobody should read over a shoulder or in a screenshot.
type masked struct{ *strings.Replacer }

const mask = "********"

// maskFor hides secrets. Empty ones hide nothing.
func maskFor(secrets ...string) masked {
	var pairs []string
	for _, secret := range secrets {
		if secret != "" {
			pairs = append(pairs, secret, mask)
		}
	}
	return masked{strings.NewReplacer(pairs...)}
}
