package tablestore

import (
	"math"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// Limits of a new table's partitions.
const (
	maxPartitions  = 10
	maxSplitLength = 64 // of a point's text or bytes
)

// addSplits notes where a table is split when it is made. The splits are shown
// by DescribeTable; one machine has no other use for them.
func addSplits(t *catalog.Table, partitions []*otsprotocol.PartitionRange) error {
	if len(partitions) > maxPartitions {
		return ots.Invalid("The count of partitions cannot be greater than %d", maxPartitions)
	}

	var last *plainbuffer.Value
	for i, p := range partitions {
		end, err := plainbuffer.DecodeValue(p.End)
		if err != nil {
			return ots.Invalid("Failed to parse the partitions: %v.", err)
		}
		if i == len(partitions)-1 && end.Kind == plainbuffer.InfMax {
			return nil
		}
		if err := checkSplit(t.Keys[0].Kind, last, end); err != nil {
			return err
		}
		last = &end
		key := []plainbuffer.Cell{{Name: t.Keys[0].Name, Value: end, HasValue: true}}
		t.Splits = append(t.Splits, plainbuffer.Encode(plainbuffer.Row{Key: key}))
	}

	return nil
}

// checkSplit checks a split point, and that it comes after the last one.
func checkSplit(kind plainbuffer.Kind, last *plainbuffer.Value, point plainbuffer.Value) error {
	if point.Kind != kind {
		return ots.Invalid("The value type of partition does not match with primary key.")
	}
	if err := checkSplitValue(point); err != nil {
		return err
	}
	if last == nil {
		return nil
	}

	if order, _ := plainbuffer.Compare(*last, point); order >= 0 {
		return ots.Invalid("The split points must be in ascending order.")
	}
	return nil
}

func checkSplitValue(point plainbuffer.Value) error {
	invalid := func(format string, args ...any) error {
		return ots.Invalid("The value of partition range "+format+".", args...)
	}

	switch size := len(point.Bytes); {
	case point.Kind == plainbuffer.Integer:
		if v := point.Int(); v == math.MinInt64 || v == math.MaxInt64 {
			return invalid("can not be INT64_MIN or INT64_MAX")
		}
	case size == 0 && point.Kind == plainbuffer.String:
		return invalid("can not be empty string")
	case size == 0:
		return invalid("can not be empty binary")
	case size > maxSplitLength:
		return invalid("exceeds the MaxLength:%d with CurrentLength:%d", maxSplitLength, size)
	}

	return nil
}
