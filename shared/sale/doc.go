// Package sale holds the rules by which Aegis licences are sold: what each
// operation decides from an account's state, the clock and its parameters.
//
// It is pure. It reads no clock, makes no id, does no I/O and keeps no state: the
// same Command, Account and DecideContext always give the same Decision, so a
// decision can be repeated after a lost race or a crash, and a test can ask about
// any moment.
//
// A Command is accepted or refused. If it is accepted, the Decision holds the account
// afterwards and the orders that explain the difference; store all of it or nothing. If
// it is refused, a *Refusal says why, and nothing has changed.
//
// The package also holds what the sellers share: Purchase, Receipt and their errors.
//
// Money is int64 fen (0.01 CNY). Times are instants; the calendar by which months
// are counted is Asia/Shanghai. The rules come from the sales API document
// (售卖API): the sections 创建实例接口, 实例升级接口, 实例续费接口 and
// 获取实例信息接口.
//
// # Authority
//
// An instance belongs to the channel that sold it, API or Market. Only that channel
// upgrades, renews, expires or releases it, so that neither can sell time at the
// other's price. An operator moves an instance with Adopt and a reason.
//
// # Prices
//
// A term costs the monthly price times its months; a year costs ten months, a day
// 1/30 and an hour 1/720 of one. An upgrade costs the difference of the monthly
// prices for the time left, at the rate at which that time was bought: an account
// keeps the paid Segments of its instance. Time bought by the year costs ten
// months' difference for the whole year, so that upgrading a year on its first day
// and buying the better edition cost the same; all other time costs a month's
// difference for each 30 days (help page 升级). Every order is rounded up to a fen,
// once, and what is priced costs at least one fen.
//
// # Time
//
// A purchase of the API ends at the first midnight at or after its last instant.
// Everything else is exact: renewals count from the current expiry, and no part of a
// day is added that nobody paid for. The end of Period is the end of the last Segment.
//
// # Choices
//
// A renewal charges for all machines licensed, which stay licensed; VmNumber is a
// check. One order buys at most ten years. Automatic renewal is still tried after the
// expiry, once a day: an owner who tops up wants the service back. A release is one
// order, whichever channel makes it, and pays nothing back.
package sale
