const NOTHING: Option<usize> = Some(usize::MIN);
const NO: Option<bool> = Some(false);

const RECV_AFTER_DROP: Option<usize> = NOTHING;

const END_WITH_CLONE: Option<bool> = NO;

const SEND_ON_FRESH: Option<bool> = NO;
