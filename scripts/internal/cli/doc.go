// Package cli is the one command-line style of the tools.
//
// A Program is a kong grammar with a name. Run parses the arguments, runs what they
// choose and returns the exit status: Done, Failed or Usage. Long flags may be written
// with one dash or two, and -h explains each program and command. What the arguments
// get wrong is one line on standard error that names the flag, its range and the
// closest name that exists.
//
// A flag's tag range:"0..100" bounds its value; completion bash|zsh as the first
// arguments of any program print a script for that shell.
package cli
