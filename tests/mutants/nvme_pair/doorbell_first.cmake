# The doorbell rings before the command is written.
set(file nvme_pair.c)
set(was [=[	sv_copy_out(&d->sq[d->tail], &command, sizeof(command));]=])
set(is [=[	sv_doorbell(&d->bells->tail, le32(next));
	sv_copy_out(&d->sq[d->tail], &command, sizeof(command));]=])
