package access

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aegis/shared/store"
)

// Keys returns the table of access keys and their grants.
func Keys() store.Table {
	return store.Table{Name: "access_keys", Partition: "id", Sort: "item"}
}

// Key is an access key.
type Key struct {
	ID       string
	Secret   string
	Owner    string // acts for this owner when a call names none; "" only for a reseller's key
	Reseller bool   // must name an owner, which is Owner or one granted to the key
	Disabled bool
	// SecurityToken makes the key a temporary one: calls must carry it, and end
	// with Expires (zero: never).
	SecurityToken string
	Expires       time.Time
	// Operations are those that are granted to the key by name; all others need no grant.
	Operations []string

	// Previous is the secret before the last rotation. It is accepted too until
	// PreviousUntil; "": there is none.
	Previous      string
	PreviousUntil time.Time

	Limits Limits
}

// verify checks a signature with the key's secret, and while a rotation is under way
// with the previous one too. Both are always tried, so that the duration does not tell
// which one was used.
func (k Key) verify(s Signature, now time.Time) error {
	err := s.Verify(k.Secret)
	if k.Previous == "" || !now.Before(k.PreviousUntil) {
		return err
	}

	if previous := s.Verify(k.Previous); previous == nil {
		return nil
	}
	return err
}

// usable returns ErrDisabled, ErrSecurityToken or ErrExpired if calls with the key are
// refused whatever they ask for. securityToken is the call's.
func (k Key) usable(securityToken string, now time.Time) error {
	switch {
	case k.Disabled:
		return ErrDisabled
	case subtle.ConstantTimeCompare([]byte(securityToken), []byte(k.SecurityToken)) == 0:
		return ErrSecurityToken
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		return ErrExpired
	}

	return nil
}

// mayCall returns ErrLimited or ErrNotGranted if the key may not make a call for
// any owner.
func (k Key) mayCall(q Request) error {
	if err := k.Limits.allow(q); err != nil {
		return err
	}
	if q.ByName && !slices.Contains(k.Operations, q.Operation) {
		return ErrNotGranted
	}
	return nil
}

// resolveOwner returns the owner that a call acts for, ErrForbidden or ErrNoOwner. named
// is the owner that the call names, and granted whether a reseller's key has a grant for
// it.
func (k Key) resolveOwner(named string, granted bool) (string, error) {
	switch {
	case named == "" && !k.Reseller:
		return k.Owner, nil
	case named == "":
		return "", ErrNoOwner
	case named == k.Owner, k.Reseller && granted:
		return named, nil
	}

	return "", ErrForbidden
}

var (
	// ErrNoKey: there is no key of this id.
	ErrNoKey = errors.New("no such access key")
	// ErrDisabled: the key is disabled.
	ErrDisabled = errors.New("the key is disabled")
	// ErrSecurityToken: the call's security token is not the key's.
	ErrSecurityToken = errors.New("the security token is not the key's")
	// ErrExpired: the key was a temporary one, and its time is over.
	ErrExpired = errors.New("the key has expired")
	// ErrForbidden: the key may not act for the owner.
	ErrForbidden = errors.New("the key may not act for this owner")
	// ErrNoOwner is the ErrForbidden of a reseller's key that names no owner.
	ErrNoOwner = fmt.Errorf("a reseller's key must name an owner: %w", ErrForbidden)
	// ErrNotGranted: the key may not call the operation.
	ErrNotGranted = errors.New("the operation is not granted to the key")
	// ErrLimited: the key is limited to other calls.
	ErrLimited = errors.New("the key is limited to other calls")
	// ErrUnavailable: the store could not be asked.
	ErrUnavailable = errors.New("the access keys cannot be read now")
)

// unavailable returns an ErrUnavailable with its cause.
func unavailable(cause error) error { return fmt.Errorf("%w: %w", ErrUnavailable, cause) }

const (
	keyItem     = "key"
	grantPrefix = "owner/"
	// A secret sealed as a security token must not open as a secret.
	tokenPurpose = "security-token:"
)

func keyRow(id string) store.Key { return store.Key{Table: Keys(), Partition: id, Sort: keyItem} }
func grantRow(id, owner string) store.Key {
	return store.Key{Table: Keys(), Partition: id, Sort: grantPrefix + owner}
}

// The key row's columns.
const (
	colRev      = "rev"
	colSecret   = "secret" // sealed
	colToken    = "security_token"
	colOwner    = "owner"
	colReseller = "reseller"
	colDisabled = "disabled"
	colExpires  = "expires"    // epoch ms, 0: never
	colGranted  = "operations" // joined by commas

	colPrevious      = "previous_secret"       // sealed
	colPreviousUntil = "previous_secret_until" // epoch ms
	colAllowed       = "limit_operations"      // joined by commas
	colReadOnly      = "limit_read_only"
	colSources       = "limit_sources" // joined by commas
	colDaily         = "limit_daily"   // fen
)

// encode returns all columns of a key but its revision.
func (r *Registry) encode(k Key) (store.Columns, error) {
	columns := store.Columns{
		store.String(colOwner, k.Owner), store.Bool(colReseller, k.Reseller), store.Bool(colDisabled, k.Disabled),
		store.Int(colExpires, epoch(k.Expires)), list(colGranted, k.Operations),
	}
	columns = append(columns, k.Limits.columns()...)

	for _, s := range []struct{ column, purpose, text string }{
		{colSecret, k.ID, k.Secret},
		{colToken, tokenPurpose + k.ID, k.SecurityToken},
		{colPrevious, k.ID, k.Previous},
	} {
		column, err := r.sealed(s.column, s.purpose, s.text)
		if err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}

	if k.Previous == "" {
		return append(columns, store.None(colPreviousUntil)), nil
	}
	return append(columns, store.Int(colPreviousUntil, epoch(k.PreviousUntil))), nil
}

// sealed returns a column of a sealed text, absent if the text is empty.
func (r *Registry) sealed(column, purpose, text string) (store.Column, error) {
	if text == "" {
		return store.None(column), nil
	}
	sealed, err := r.masterKey().seal(r.random, purpose, text)
	return store.Bytes(column, sealed), err
}

// opened returns the text of a sealed column, "" if it is absent.
func (r *Registry) opened(row store.Row, column, purpose string) (string, error) {
	sealed := row.Bytes(column)
	if sealed == nil {
		return "", nil
	}
	return r.masterKey().open(purpose, sealed)
}

func (r *Registry) decode(id string, row store.Row) (Key, error) {
	secret, err := r.masterKey().open(id, row.Bytes(colSecret))
	if err != nil {
		return Key{}, err
	}
	token, err := r.opened(row, colToken, tokenPurpose+id)
	if err != nil {
		return Key{}, err
	}
	previous, err := r.opened(row, colPrevious, id)
	if err != nil {
		return Key{}, err
	}
	limits, err := readLimits(row)
	if err != nil {
		return Key{}, err
	}

	return Key{
		ID: id, Secret: secret, Owner: row.String(colOwner), Reseller: row.Bool(colReseller), Disabled: row.Bool(colDisabled),
		SecurityToken: token, Expires: moment(row.Int(colExpires)), Operations: readList(row, colGranted),
		Previous: previous, PreviousUntil: moment(row.Int(colPreviousUntil)), Limits: limits,
	}, nil
}

// list returns a column of texts, absent if there are none.
func list(column string, texts []string) store.Column {
	if len(texts) == 0 {
		return store.None(column)
	}
	return store.String(column, strings.Join(texts, ","))
}

func readList(row store.Row, column string) []string {
	text := row.String(column)
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// epoch returns epoch milliseconds, 0 for the zero time.
func epoch(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
