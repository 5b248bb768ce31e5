package pop

import (
	"crypto/sha1"
	"crypto/sha256"
)

// blockSize is the block of both SHA-1 and SHA-256, in bytes.
const blockSize = 64

// HMAC (RFC 2104) in one shot, so that it needs no hash object and nothing on
// the heap: the message is built behind blockSize free bytes, and the inner key
// is written into those.

// hmacSHA1 returns the HMAC of keyed[blockSize:] under key, and overwrites the
// free bytes before it.
func hmacSHA1(key, keyed []byte) [sha1.Size]byte {
	if len(key) > blockSize {
		sum := sha1.Sum(key)
		key = sum[:]
	}
	var outer [blockSize + sha1.Size]byte
	pad(keyed, key, 0x36)
	pad(outer[:], key, 0x5c)
	inner := sha1.Sum(keyed)
	copy(outer[blockSize:], inner[:])
	return sha1.Sum(outer[:])
}

// hmacSHA256 is hmacSHA1 with the other hash.
func hmacSHA256(key, keyed []byte) [sha256.Size]byte {
	if len(key) > blockSize {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	var outer [blockSize + sha256.Size]byte
	pad(keyed, key, 0x36)
	pad(outer[:], key, 0x5c)
	inner := sha256.Sum256(keyed)
	copy(outer[blockSize:], inner[:])
	return sha256.Sum256(outer[:])
}

func pad(dst, key []byte, with byte) {
	n := copy(dst[:blockSize], key)
	clear(dst[n:blockSize])
	for i := range dst[:blockSize] {
		dst[i] ^= with
	}
}
