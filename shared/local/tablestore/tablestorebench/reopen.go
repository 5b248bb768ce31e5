package tablestorebench

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/internal/checksum"
	"aegis/shared/local/tablestore/internal/engine"
)

// Reopened is how long it took to open a store of so many rows, all of which are
// read and compared with their digests.
type Reopened struct {
	Rows  int
	Bytes int64 // of the file
	Took  time.Duration
	Heap  uint64 // bytes in use afterwards
}

// Reopen fills a store with rows of about 300 bytes and opens it again.
func Reopen(rows int, folder string) (_ Reopened, err error) {
	dir, err := os.MkdirTemp(folder, "tablestorebench-*")
	if err != nil {
		return Reopened{}, fmt.Errorf("make a data folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := fill(dir, rows); err != nil {
		return Reopened{}, err
	}

	runtime.GC()
	began := time.Now()
	server, err := tablestore.Open(tablestore.Config{Dir: dir})
	took := time.Since(began)
	if err != nil {
		return Reopened{}, err
	}
	if err := server.Close(); err != nil {
		return Reopened{}, err
	}
	verified, err := tablestore.Verify(dir)
	if err != nil {
		return Reopened{}, err
	}
	info, err := os.Stat(verified.Path)
	if err != nil {
		return Reopened{}, err
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return Reopened{Rows: rows, Bytes: info.Size(), Took: took, Heap: memory.HeapInuse}, nil
}

func fill(dir string, rows int) error {
	const batch = 10_000
	e, err := engine.Open(dir)
	if err != nil {
		return err
	}

	for from := 0; from < rows && err == nil; from += batch {
		err = e.Update(func(tx *engine.Tx) error {
			tx.Create(bareBucket)
			for n := from; n < min(rows, from+batch); n++ {
				key := fmt.Appendf(nil, "%032d", n)
				tx.Put(bareBucket, key, checksum.Stamp(key, append(make([]byte, checksum.Size), value()...)))
			}
			return nil
		})
	}

	return errors.Join(err, e.Close())
}
