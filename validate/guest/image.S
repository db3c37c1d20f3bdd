/* image.S - the guest's image as data of this program; SV_GUEST_IMAGE is its file */
	.section .rodata
	.globl sv_virtio_guest_image
	.globl sv_virtio_guest_image_end
sv_virtio_guest_image:
	.incbin SV_GUEST_IMAGE
sv_virtio_guest_image_end:
	.section .note.GNU-stack, "", %progbits
