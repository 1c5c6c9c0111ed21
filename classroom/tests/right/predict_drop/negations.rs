const RECV_AFTER_DROP: Option<usize> = Some(1 - 1);

const END_WITH_CLONE: Option<bool> = Some(!true);

const SEND_ON_FRESH: Option<bool> = Some(!true);
