// Package sale holds the rules by which Aegis licences are sold: what each
// operation decides from an account's state, the clock and its parameters.
//
// It is pure. It reads no clock, makes no id, does no I/O and keeps no state:
// the same Command, Account and Occasion always give the same Decision, so a
// decision can be made again after a lost race or a crash, and a test can ask
// about any moment.
//
// A Command is decided in one of two ways. Accepted: the Decision holds the
// account as it is afterwards and the one Order that explains the difference.
// Whoever keeps accounts must store both or neither. Refused: a *Refusal tells
// why, and nothing has changed.
//
// Money is int64 fen (0.01 CNY). Times are instants; the calendar by which
// months are counted is Asia/Shanghai. The rules come from the sales API
// document (售卖API): the sections 创建实例接口, 实例升级接口, 实例续费接口 and
// 获取实例信息接口.
package sale
