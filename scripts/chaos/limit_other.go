//go:build !linux

package main

import "errors"

const noLimit = ^uint64(0)

func (s *storeProcess) limitFiles(uint64) error {
	return errors.New("fill the disk: only Linux can limit another process")
}
