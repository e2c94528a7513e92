// A C interface to SentencePiece's processor.
#ifndef CSENTENCEPIECE_H
#define CSENTENCEPIECE_H

#ifdef __cplusplus
extern "C" {
#endif

// Whether this build has SentencePiece.
int csp_available(void);

#ifdef __cplusplus
}
#endif

#endif
