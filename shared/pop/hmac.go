package pop

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
)

// blockSize is the block of both SHA-1 and SHA-256, in bytes.
const blockSize = 64

// The bytes of RFC 2104's inner and outer pad, eight at a time.
const (
	innerPad = 0x3636363636363636
	outerPad = 0x5c5c5c5c5c5c5c5c
)

// HMAC (RFC 2104) in one call, without a hash object and without heap memory. The
// message is built behind blockSize free bytes, and the inner key is written into
// those.

// hmacSHA1 returns the HMAC of keyed[blockSize:] under key, and overwrites the
// free bytes before it.
func hmacSHA1(key, keyed []byte) [sha1.Size]byte {
	if len(key) > blockSize {
		sum := sha1.Sum(key)
		key = sum[:]
	}

	var outer [blockSize + sha1.Size]byte
	pad(keyed, key, innerPad)
	pad(outer[:], key, outerPad)
	inner := sha1.Sum(keyed)
	copy(outer[blockSize:], inner[:])
	return sha1.Sum(outer[:])
}

// hmacSHA256 is hmacSHA1 with SHA-256.
func hmacSHA256(key, keyed []byte) [sha256.Size]byte {
	if len(key) > blockSize {
		sum := sha256.Sum256(key)
		key = sum[:]
	}

	var outer [blockSize + sha256.Size]byte
	pad(keyed, key, innerPad)
	pad(outer[:], key, outerPad)
	inner := sha256.Sum256(keyed)
	copy(outer[blockSize:], inner[:])
	return sha256.Sum256(outer[:])
}

// pad writes key, filled up with zeros, XOR with, into dst's first block.
func pad(dst, key []byte, with uint64) {
	clear(dst[copy(dst[:blockSize], key):blockSize])
	for word := dst[:blockSize]; len(word) > 0; word = word[8:] {
		binary.LittleEndian.PutUint64(word, binary.LittleEndian.Uint64(word)^with)
	}
}
