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

// mayCall returns ErrNotGranted if an operation is not granted to the key by name.
func (k Key) mayCall(operation string) error {
	if slices.Contains(k.Operations, operation) {
		return nil
	}
	return ErrNotGranted
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
)

func (r *Registry) encode(k Key) (store.Columns, error) {
	secret, err := r.master.seal(r.random, k.ID, k.Secret)
	if err != nil {
		return nil, err
	}

	token := store.None(colToken)
	expires := store.Int(colExpires, 0)
	if k.SecurityToken != "" {
		sealed, err := r.master.seal(r.random, tokenPurpose+k.ID, k.SecurityToken)
		if err != nil {
			return nil, err
		}
		token = store.Bytes(colToken, sealed)
	}

	granted := store.None(colGranted)
	if len(k.Operations) > 0 {
		granted = store.String(colGranted, strings.Join(k.Operations, ","))
	}
	if !k.Expires.IsZero() {
		expires = store.Int(colExpires, k.Expires.UnixMilli())
	}

	return store.Columns{
		store.Bytes(colSecret, secret), store.String(colOwner, k.Owner), store.Bool(colReseller, k.Reseller),
		store.Bool(colDisabled, k.Disabled), token, expires, granted,
	}, nil
}

func (r *Registry) decode(id string, row store.Row) (Key, error) {
	secret, err := r.master.open(id, row.Bytes(colSecret))
	if err != nil {
		return Key{}, err
	}

	k := Key{ID: id, Secret: secret, Owner: row.String(colOwner), Reseller: row.Bool(colReseller), Disabled: row.Bool(colDisabled)}
	if sealed := row.Bytes(colToken); sealed != nil {
		if k.SecurityToken, err = r.master.open(tokenPurpose+id, sealed); err != nil {
			return Key{}, err
		}
	}
	if granted := row.String(colGranted); granted != "" {
		k.Operations = strings.Split(granted, ",")
	}
	if at := row.Int(colExpires); at != 0 {
		k.Expires = time.UnixMilli(at)
	}

	return k, nil
}
