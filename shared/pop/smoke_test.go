package pop_test

import (
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

func vectorA() *pop.Request {
	return &pop.Request{Method: "GET", Host: "h", RawQuery: "AccessKeyId=testid&Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&SignatureVersion=1.0&Timestamp=2016-02-23T12%3A46%3A24Z&Version=2014-05-26&Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY="}
}

func TestSmoke(t *testing.T) {
	c, err := pop.Decode(vectorA())
	require.NoError(t, err)
	require.NoError(t, c.Verify("testsecret"))
	require.Error(t, c.Verify("testsecret2"))
	s := pop.Signer{Credentials: pop.Credentials{AccessKeyID: "a", Secret: "s"}}
	r := &pop.Request{Method: "POST", Host: "h:1", Header: pop.Params{{"x-acs-action", "A"}, {"x-acs-version", "2"}}, Query: pop.Params{{"b", "x y"}, {"a", "&"}}}
	r.Header = s.SignV3(r)
	c, err = pop.Decode(r)
	require.NoError(t, err)
	require.NoError(t, c.Verify("s"))
	t.Log(c.Verify("s2"), r.Header)
	require.Equal(t, 2.0, testing.AllocsPerRun(10, func() { s.SignV3(r) }))
	p := pop.Params{{"A", "b"}, {"Action", "b"}, {"Zction", "b"}}
	require.Equal(t, 2.0, testing.AllocsPerRun(10, func() { s.SignV1("POST", p) }))
	require.Equal(t, 0.0, testing.AllocsPerRun(10, func() { c.Verify("s") }))
	c, err = pop.Decode(vectorA())
	require.Equal(t, 0.0, testing.AllocsPerRun(10, func() { c.Verify("testsecret") }))
	require.Error(t, c.CheckTime(time.Now()))
}
