package access

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// MasterKey seals and opens secrets.
type MasterKey struct{ aead cipher.AEAD }

// ParseMasterKey reads a master key: 32 bytes in standard base64.
func ParseMasterKey(text string) (MasterKey, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != 32 {
		return MasterKey{}, errors.New("the master key must be 32 bytes in base64 (openssl rand -base64 32)")
	}

	block, err := aes.NewCipher(raw)
	if err != nil {
		return MasterKey{}, fmt.Errorf("use master key: %w", err)
	}

	aead, err := cipher.NewGCM(block)
	if err != nil {
		return MasterKey{}, fmt.Errorf("use master key: %w", err)
	}
	return MasterKey{aead}, nil
}

// seal encrypts a secret for one key id: a random nonce, then the ciphertext.
func (m MasterKey) seal(random io.Reader, keyID, secret string) ([]byte, error) {
	nonce := make([]byte, m.aead.NonceSize(), m.aead.NonceSize()+len(secret)+m.aead.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return m.aead.Seal(nonce, nonce, []byte(secret), []byte(keyID)), nil
}

// open decrypts what seal made for the same key id.
func (m MasterKey) open(keyID string, sealed []byte) (string, error) {
	if len(sealed) < m.aead.NonceSize() {
		return "", errors.New("the sealed secret is too short")
	}

	nonce, text := sealed[:m.aead.NonceSize()], sealed[m.aead.NonceSize():]
	secret, err := m.aead.Open(nil, nonce, text, []byte(keyID))
	if err != nil {
		return "", errors.New("the secret was sealed under another master key, or for another key")
	}

	return string(secret), nil
}
