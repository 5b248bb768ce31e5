package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MasterKey seals and opens secrets. It may hold several keys: the first one seals, and
// all of them open. The zero value holds none.
type MasterKey struct{ keys []versioned }

// versioned is one key and its version, the first bytes of its SHA-256.
type versioned struct {
	version string
	aead    cipher.AEAD
}

const (
	sealedFormat  = "\x01" // first byte of a sealed value, followed by the key's version
	versionLength = 8
)

// ErrMasterKey: none of the master keys opens a secret.
var ErrMasterKey = errors.New("the secret was sealed under another master key, or for another key")

// ParseMasterKey reads master keys, separated by commas and the newest first. Each is
// 32 bytes in standard base64.
func ParseMasterKey(text string) (MasterKey, error) {
	var m MasterKey
	for one := range strings.SplitSeq(text, ",") {
		key, err := parseVersioned(strings.TrimSpace(one))
		if err != nil {
			return MasterKey{}, err
		}
		m.keys = append(m.keys, key)
	}
	return m, nil
}

func parseVersioned(text string) (versioned, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != 32 {
		return versioned{}, errors.New("the master key must be 32 bytes in base64 (openssl rand -base64 32)")
	}

	block, err := aes.NewCipher(raw)
	if err != nil {
		return versioned{}, fmt.Errorf("use master key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return versioned{}, fmt.Errorf("use master key: %w", err)
	}
	sum := sha256.Sum256(raw)
	return versioned{string(sum[:versionLength]), aead}, nil
}

// Empty reports whether there is no key.
func (m MasterKey) Empty() bool { return len(m.keys) == 0 }

// Join returns the keys of both, those of m first.
func (m MasterKey) Join(older MasterKey) MasterKey {
	return MasterKey{append(m.keys[:len(m.keys):len(m.keys)], older.keys...)}
}

// Version names the key that seals, for people. It reveals nothing about the key.
func (m MasterKey) Version() string { return hex.EncodeToString([]byte(m.keys[0].version)) }

// seal encrypts a secret for one key id under the newest master key: the format, the
// master key's version, a random nonce, the ciphertext.
func (m MasterKey) seal(random io.Reader, keyID, secret string) ([]byte, error) {
	key := m.keys[0]
	sealed := []byte(sealedFormat + key.version)
	nonce := make([]byte, key.aead.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return key.aead.Seal(append(sealed, nonce...), nonce, []byte(secret), []byte(keyID)), nil
}

// open decrypts what seal made for the same key id. A value of an earlier release has
// no version; every key is tried on it.
func (m MasterKey) open(keyID string, sealed []byte) (string, error) {
	for _, key := range m.keys {
		if secret, ok := key.open(keyID, sealed); ok {
			return secret, nil
		}
	}
	return "", ErrMasterKey
}

// open tries one key, on the value after the version if it is the key's, and then on the
// whole value. Opening the value shows whether it was right.
func (v versioned) open(keyID string, sealed []byte) (secret string, ok bool) {
	if body, ours := v.body(sealed); ours {
		if secret, ok = v.decrypt(keyID, body); ok {
			return secret, true
		}
	}
	return v.decrypt(keyID, sealed)
}

// body returns what follows the version, if the value was sealed under this key.
func (v versioned) body(sealed []byte) (body []byte, ours bool) {
	header := sealedFormat + v.version
	if !strings.HasPrefix(string(sealed), header) {
		return nil, false
	}
	return sealed[len(header):], true
}

func (v versioned) decrypt(keyID string, sealed []byte) (secret string, ok bool) {
	size := v.aead.NonceSize()
	if len(sealed) < size {
		return "", false
	}
	text, err := v.aead.Open(nil, sealed[:size], sealed[size:], []byte(keyID))
	return string(text), err == nil
}

// isNewest reports whether a value is sealed under the key that seals now.
func (m MasterKey) isNewest(sealed []byte) bool {
	_, ours := m.keys[0].body(sealed)
	return ours
}
