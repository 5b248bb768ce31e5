package tablestore

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// addSplits notes where a table is split when it is made. The splits are shown
// by DescribeTable; one machine has no other use for them.
func addSplits(t *catalog.Table, partitions []*otsprotocol.PartitionRange) error {
	var last *plainbuffer.Value
	for i, p := range partitions {
		end, err := plainbuffer.DecodeValue(p.End)
		if err != nil {
			return ots.Invalid("Failed to parse the partitions: %v.", err)
		}
		if i == len(partitions)-1 && end.Kind == plainbuffer.InfMax {
			return nil
		}
		if end.Kind != t.Keys[0].Kind {
			return ots.Invalid("Validate PK type fail. Input: %v, Meta: %v.", end.Kind, t.Keys[0].Kind)
		}
		if last != nil {
			if order, _ := plainbuffer.Compare(*last, end); order >= 0 {
				return ots.Invalid("The split points must be in ascending order.")
			}
		}
		last = &end
		key := []plainbuffer.Cell{{Name: t.Keys[0].Name, Value: end, HasValue: true}}
		t.Splits = append(t.Splits, plainbuffer.Encode(plainbuffer.Row{Key: key}))
	}

	return nil
}
