// Package doctortest plays a whole deployment that is as the code assumes: the control
// plane, Log Service and SMQ over HTTP, a local Tablestore, and the functions in this
// process behind the local gateway. Tests break one thing of it at a time.
package doctortest
