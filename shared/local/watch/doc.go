// Package watch builds functions again when their sources change, and has their instances
// replaced. A function is built if a package changed that it is made of; the one that is
// called most, pop, comes first. What does not compile replaces nothing: the old binary
// keeps serving, and the compiler's messages are kept until the next build.
package watch
