// Package access identifies callers and decides for which owners they may act.
//
// An access key belongs to an owner, or to a reseller who may act for the owners
// granted to the key. Keys live in the table access_keys, one partition a key:
// the key itself, and one row for each owner granted, so that a reseller can
// have any number of them and a call still reads two rows. Secrets are stored
// sealed with AES-256-GCM under a master key that only the function's
// environment holds; the key's id is sealed in with it, so that one row's secret
// cannot be moved to another.
//
// An opened key is cached for a minute, since opening costs. What was cached is
// compared with the key's row and the grant's row in every call, which reads them with
// its own first rows: disabling, changing and revoking hold at once and cost no round
// trip. What a cached key would refuse is decided on the key as it is stored.
//
// Nonces are remembered for a day, per key, in the table nonces. A request is
// refused for its timestamp long before its nonce is forgotten.
package access
