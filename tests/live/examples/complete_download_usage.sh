chmod +x complete_download.sh
export HYPERSTUDY_API_KEY="hst_live_your_key_here"
./complete_download.sh room_abc123
