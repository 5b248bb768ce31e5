package plainbuffer

import "encoding/binary"

// AppendHeader starts a buffer: it appends the header that precedes the rows.
func AppendHeader(dst []byte) []byte {
	return binary.LittleEndian.AppendUint32(dst, headerMagic)
}

// Encode is a whole buffer holding one row.
func Encode(row Row) []byte {
	return AppendRow(AppendHeader(make([]byte, 0, 64+row.sizeHint())), row)
}

func (r *Row) sizeHint() int {
	const overhead = 32 // tags, lengths, timestamp, checksum
	size := 0
	for i := range r.Key {
		size += overhead + len(r.Key[i].Name) + len(r.Key[i].Value.Bytes)
	}
	for i := range r.Cells {
		size += overhead + len(r.Cells[i].Name) + len(r.Cells[i].Value.Bytes)
	}
	return size
}

// AppendRow appends one row, without a header. A row with no key gets no key
// section at all: the Java SDK fails on an empty one.
func AppendRow(dst []byte, row Row) []byte {
	crc := byte(0)
	dst, crc = appendCells(dst, crc, tagRowKey, row.Key)
	dst, crc = appendCells(dst, crc, tagRowData, row.Cells)
	if row.Delete {
		dst = append(dst, tagDeleteMarker)
	}
	return append(dst, tagRowChecksum, deleteMark(crc, row.Delete))
}

func appendCells(dst []byte, crc, tag byte, cells []Cell) ([]byte, byte) {
	if len(cells) == 0 {
		return dst, crc
	}

	dst = append(dst, tag)
	for i := range cells {
		var cellCRC byte
		dst, cellCRC = appendCell(dst, &cells[i])
		crc = crc8(crc, cellCRC)
	}

	return dst, crc
}

func appendCell(dst []byte, cell *Cell) ([]byte, byte) {
	dst = append(dst, tagCell, tagCellName)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(cell.Name)))
	dst = append(dst, cell.Name...)
	if cell.HasValue {
		dst = appendSized(append(dst, tagCellValue), cell.Value)
	}
	if cell.Op != Put {
		dst = append(dst, tagCellOp, byte(cell.Op))
	}
	if cell.HasTime {
		dst = binary.LittleEndian.AppendUint64(append(dst, tagCellTime), uint64(cell.Time))
	}

	crc := cell.checksum()
	return append(dst, tagCellChecksum, crc), crc
}

func appendSized(dst []byte, v Value) []byte {
	switch v.Kind {
	case Integer, Double:
		dst = binary.LittleEndian.AppendUint32(dst, 9)
	case Boolean:
		dst = binary.LittleEndian.AppendUint32(dst, 2)
	case String, Blob:
		dst = binary.LittleEndian.AppendUint32(dst, uint32(5+len(v.Bytes)))
	default:
		dst = binary.LittleEndian.AppendUint32(dst, 1)
	}
	return AppendValue(dst, v)
}

// AppendValue appends a value in its bare form, kind and data, as filters
// carry it.
func AppendValue(dst []byte, v Value) []byte {
	dst = append(dst, byte(v.Kind))
	switch v.Kind {
	case Integer, Double:
		return binary.LittleEndian.AppendUint64(dst, v.bits)
	case Boolean:
		return append(dst, byte(v.bits))
	case String, Blob:
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(v.Bytes)))
		return append(dst, v.Bytes...)
	}

	return dst
}
