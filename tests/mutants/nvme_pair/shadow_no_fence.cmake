# The host looks whether the register must be written before the shadow is visible.
set(file nvme_pair.c)
set(was [=[		sv_store(shadow, le32(new), SV_RELEASE);
		sv_fence();]=])
set(is [=[		sv_store(shadow, le32(new), SV_RELEASE);]=])
