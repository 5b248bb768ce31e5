resource "alicloud_vpc" "this" {
  count      = var.vpc ? 1 : 0
  vpc_name   = var.name
  cidr_block = "10.20.0.0/16"
}

resource "alicloud_vswitch" "this" {
  count        = var.vpc ? 1 : 0
  vswitch_name = var.name
  vpc_id       = alicloud_vpc.this[0].id
  zone_id      = var.zone
  cidr_block   = "10.20.1.0/24"
}

# It has no rules: going out is allowed, and nobody ever connects to a function.
resource "alicloud_security_group" "this" {
  count               = var.vpc ? 1 : 0
  security_group_name = var.name
  vpc_id              = alicloud_vpc.this[0].id
  inner_access_policy = "Drop"
}

resource "alicloud_ots_instance_attachment" "this" {
  count         = var.vpc ? 1 : 0
  instance_name = alicloud_ots_instance.store.name
  vpc_name      = "functions" # 3 to 16 letters and digits
  vswitch_id    = alicloud_vswitch.this[0].id
}
