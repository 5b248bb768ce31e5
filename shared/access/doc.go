// Package access authorizes calls: Authorize returns who makes a call and for which
// owner, if the key may make it.
//
// An access key belongs to an owner, or to a reseller who may act for the owners
// granted to the key. Keys live in the table access_keys, one partition a key:
// the key itself, and one row for each owner granted, so that a reseller can
// have any number of them and a call still reads two rows. Secrets are stored
// sealed with AES-256-GCM under a master key that only the function's
// environment holds; the key's id is sealed in with it, so that one row's secret
// cannot be moved to another.
//
// A sealed value names the master key that it was sealed under: a byte 0x01, the first 8
// bytes of that key's SHA-256, a nonce of 12 bytes, the ciphertext and its tag. Values of
// earlier releases begin with the nonce. So a function can have several master keys while
// secrets move from one to the next. A canary, a known text under the newest master key,
// is read with the first call's rows and distinguishes a wrong master key from a broken secret.
//
// An opened key is cached for a minute, because opening it is expensive. Every call
// reads the key's row and the grant's row together with its own first rows, and Caller
// compares the cached key with them. So disabling, changing and revoking a key hold at
// once and cost no round trip. A call that the cached key would refuse is decided on
// the stored key.
//
// Nonces are remembered for a day, per key, in the table nonces. A request is
// refused for its timestamp long before its nonce is forgotten.
package access
