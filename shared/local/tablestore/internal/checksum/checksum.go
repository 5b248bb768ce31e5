// Package checksum protects stored values by a CRC-32C over key and value, so that
// a flipped bit, or a value found under another's key, is noticed rather than
// served.
package checksum

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// Size is the room that Stamp needs at the front of a value, in bytes.
const Size = 4

// ErrBroken is returned for a value that is not what was stored under its key.
var ErrBroken = errors.New("checksum does not match")

// Stamp fills the first Size bytes of value with the sum of key and rest.
func Stamp(key, value []byte) []byte {
	binary.LittleEndian.PutUint32(value, sum(key, value[Size:]))
	return value
}

// Check verifies a stamped value and returns what follows the sum.
func Check(key, value []byte) ([]byte, error) {
	if len(value) < Size || binary.LittleEndian.Uint32(value) != sum(key, value[Size:]) {
		return nil, ErrBroken
	}
	return value[Size:], nil
}

func sum(key, rest []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Update(0, table, key), table, rest)
}
