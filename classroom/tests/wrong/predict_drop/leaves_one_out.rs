// told: SEND_ON_FRESH: fill in what you think

const RECV_AFTER_DROP: Option<usize> = Some(0);

const END_WITH_CLONE: Option<bool> = Some(false);

const SEND_ON_FRESH: Option<bool> = None;
