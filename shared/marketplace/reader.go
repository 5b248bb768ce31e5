package marketplace

import (
	"strings"
	"time"

	"aegis/shared/sale"
)

// reader reads one call's parameters and keeps the first error.
type reader struct {
	Call
	skus Skus
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = permanent(format, args...)
	}
}

// id reads a required identifier: 1 to 64 letters, digits and - _ . only, because it
// becomes part of keys. The id of an instance must not look like one of ours.
func (r *reader) id(name string) string {
	id := r.Params[name]
	odd := func(c rune) bool {
		return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", c)
	}

	switch {
	case id == "":
		r.fail("%s is missing.", name)
	case len(id) > 64 || strings.ContainsFunc(id, odd):
		r.fail("%s must be 1 to 64 letters, digits, -, _ and ., it is %.80q.", name, id)
	case name == "orderBizId" && strings.HasPrefix(id, "aegis-"):
		r.fail("orderBizId %.80q would pass for an instance that was not sold by the marketplace.", id)
	}

	return id
}

func (r *reader) owner() string {
	owner := r.Params["aliUid"]
	if !sale.IsOwner(owner) {
		r.fail("aliUid must be an account's number, it is %.32q.", owner)
	}
	return owner
}

func (r *reader) sku() Sku {
	sku, err := r.skus.find(r.Params)
	if err != nil && r.err == nil {
		r.err = err
	}
	return sku
}

// moment reads a required time in the marketplace's calendar, UTC+8.
func (r *reader) moment(name string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, r.Params[name], sale.Shanghai())
	if err != nil {
		r.fail("%s must be a time as yyyy-MM-dd HH:mm:ss, it is %.32q.", name, r.Params[name])
	}
	return t
}

// truth reads a truth value, false if it is absent: the vendor's pages require isRefund
// and trial, and their samples leave them out.
func (r *reader) truth(name string) bool {
	switch strings.ToLower(r.Params[name]) {
	case "true":
		return true
	case "false", "":
		return false
	}
	r.fail("%s must be true or false, it is %.32q.", name, r.Params[name])
	return false
}
