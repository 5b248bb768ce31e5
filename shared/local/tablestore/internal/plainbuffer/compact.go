package plainbuffer

import "encoding/binary"

// AppendCompact appends a value in the form rows are stored in: the kind, and
// data with a varint length where the kind leaves it open.
func AppendCompact(dst []byte, v Value) []byte {
	dst = append(dst, byte(v.Kind))
	switch v.Kind {
	case Integer, Double:
		return binary.LittleEndian.AppendUint64(dst, v.bits)
	case Boolean:
		return append(dst, byte(v.bits))
	}
	return append(binary.AppendUvarint(dst, uint64(len(v.Bytes))), v.Bytes...)
}

// ReadCompact reads what AppendCompact wrote and returns what follows it. The
// value aliases src. It reports false for anything AppendCompact cannot write.
func ReadCompact(src []byte) (Value, []byte, bool) {
	if len(src) == 0 {
		return Value{}, nil, false
	}

	kind, src := Kind(src[0]), src[1:]
	switch kind {
	case Integer, Double:
		if len(src) < 8 {
			return Value{}, nil, false
		}
		return Value{Kind: kind, bits: binary.LittleEndian.Uint64(src)}, src[8:], true
	case Boolean:
		if len(src) < 1 {
			return Value{}, nil, false
		}
		return Value{Kind: kind, bits: uint64(src[0])}, src[1:], true
	case String, Blob:
		n, width := binary.Uvarint(src)
		if width <= 0 || n > uint64(len(src)-width) {
			return Value{}, nil, false
		}
		end := width + int(n)
		return Value{Kind: kind, Bytes: src[width:end:end]}, src[end:], true
	}

	return Value{}, nil, false
}
